import { textOf } from '../../api/values';
import styles from '../control.module.css';
import type { ShowProps } from '../types';

const CODES: ReadonlySet<string> = new Set(['gstin', 'pan', 'hsn', 'pincode']);

export function TextShow({ field, value }: ShowProps) {
  const text = textOf(value);
  return CODES.has(field.type) ? (
    <span className={styles.number}>{text}</span>
  ) : (
    <span>{text}</span>
  );
}
