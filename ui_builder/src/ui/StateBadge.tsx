import type { Value } from '../api/values';
import styles from './state.module.css';

/** The state of a document as a word in a coloured frame. */
export function StateBadge({ state }: { readonly state: Value }) {
  if (typeof state !== 'string' || state === '') return null;
  const word = state.charAt(0).toUpperCase() + state.slice(1).replaceAll('_', ' ');
  return (
    <span className={styles.badge} data-state={state}>
      {word}
    </span>
  );
}
