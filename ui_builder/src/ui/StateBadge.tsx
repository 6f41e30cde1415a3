import type { Value } from '../api/values';
import styles from './state.module.css';

interface Props {
  readonly state: Value;
  /** What the workflow calls it; without it the name is made a word. */
  readonly label?: string | undefined;
}

/** The state of a document as a word in a coloured frame. */
export function StateBadge({ state, label }: Props) {
  if (typeof state !== 'string' || state === '') return null;
  const word = label ?? state.charAt(0).toUpperCase() + state.slice(1).replaceAll('_', ' ');
  return (
    <span className={styles.badge} data-state={state}>
      {word}
    </span>
  );
}
