import { textOf } from '../../api/values';
import styles from '../control.module.css';
import type { ShowProps } from '../types';

export function TextShow({ field, value }: ShowProps) {
  const text = textOf(value);
  return field.form ? <span className={styles.number}>{text}</span> : <span>{text}</span>;
}
