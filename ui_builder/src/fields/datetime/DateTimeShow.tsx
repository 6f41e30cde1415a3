import { textOf } from '../../api/values';
import { formatMoment } from '../../core/dates';
import styles from '../control.module.css';
import type { ShowProps } from '../types';

export function DateTimeShow({ value }: ShowProps) {
  const text = textOf(value);
  return <span className={styles.number}>{text === '' ? '' : formatMoment(text)}</span>;
}
