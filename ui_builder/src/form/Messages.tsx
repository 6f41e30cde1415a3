import type { Problem } from '../api/problems';
import styles from './form.module.css';

/** The sentences about one field. */
export function Messages({
  id,
  problems,
}: {
  readonly id: string;
  readonly problems: readonly Problem[];
}) {
  if (problems.length === 0) return null;
  return (
    <div id={id} className={styles.messages}>
      {problems.map((problem) => (
        <div key={problem.code + problem.message} data-action={problem.action}>
          {problem.message}
          {problem.hint === '' ? '' : ` ${problem.hint}`}
        </div>
      ))}
    </div>
  );
}
