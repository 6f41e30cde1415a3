import { Alert } from '@mantine/core';
import type { Problem } from '../api/problems';
import { placeWords } from '../core/findings';
import { useForm } from './FormContext';
import { focusPlace } from './focusPlace';
import styles from './form.module.css';

function Line({ problem }: { readonly problem: Problem }) {
  const { doctype } = useForm();
  const place = problem.path === '' ? '' : placeWords(doctype, problem.path);
  return (
    <li>
      {place === '' ? null : (
        <button type="button" className={styles.place} onClick={() => focusPlace(problem.path)}>
          {place}
        </button>
      )}
      {place === '' ? '' : ': '}
      {problem.message}
      {problem.hint === '' ? '' : ` ${problem.hint}`}
    </li>
  );
}

function List({
  problems,
  colour,
  title,
}: {
  readonly problems: readonly Problem[];
  readonly colour: string;
  readonly title: string;
}) {
  if (problems.length === 0) return null;
  return (
    <Alert color={colour} title={title} className={styles.alert} role="status">
      <ul className={styles.summary}>
        {problems.map((problem) => (
          <Line key={problem.path + problem.code + problem.message} problem={problem} />
        ))}
      </ul>
    </Alert>
  );
}

/** All that is wrong with the document, each leading to its field. */
export function ProblemSummary() {
  const { problems } = useForm();
  const refused = problems.filter((problem) => problem.action === 'refuse');
  // What an answer declares says a refusal in other words; it is no further thing to put right.
  const count = refused.filter((problem) => problem.code !== 'answer').length;
  const warned = problems.filter((problem) => problem.action === 'warn');
  return (
    <>
      <List
        problems={refused}
        colour="red"
        title={count <= 1 ? 'One thing to put right' : `${String(count)} things to put right`}
      />
      <List problems={warned} colour="yellow" title="Worth a look" />
    </>
  );
}
