import styles from '../control.module.css';
import type { ShowProps } from '../types';

export function JsonShow({ value }: ShowProps) {
  if (value === null || value === undefined) return null;
  return <code className={styles.code}>{JSON.stringify(value).slice(0, 60)}</code>;
}
