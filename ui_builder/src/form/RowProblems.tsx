import type { Field } from '../meta/types';
import { type RowLook, rowProblemsId } from './GridRow';
import styles from './grid.module.css';

interface Props {
  readonly rowKey: string;
  readonly look: RowLook;
  readonly columns: readonly Field[];
  readonly span: number;
}

/** What is wrong in a row, below it: cells are too narrow for sentences. */
export function RowProblems({ rowKey, look, columns, span }: Props) {
  const ofCells = columns.flatMap((column) =>
    (look.cells[column.name]?.problems ?? []).map((problem) => ({ label: column.label, problem })),
  );
  const all = [...look.problems.map((problem) => ({ label: '', problem })), ...ofCells];
  if (all.length === 0) return null;
  return (
    <tr className={styles.problems}>
      <td colSpan={span} id={rowProblemsId(rowKey)}>
        {all.map(({ label, problem }) => (
          <div key={label + problem.code + problem.message} data-action={problem.action}>
            {label === '' ? '' : `${label}: `}
            {problem.message}
            {problem.hint === '' ? '' : ` ${problem.hint}`}
          </div>
        ))}
      </td>
    </tr>
  );
}
