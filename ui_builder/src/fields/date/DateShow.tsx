import { textOf } from '../../api/values';
import { formatDay } from '../../core/dates';
import styles from '../control.module.css';
import type { ShowProps } from '../types';

export function DateShow({ value }: ShowProps) {
  return <span className={styles.number}>{formatDay(textOf(value))}</span>;
}
