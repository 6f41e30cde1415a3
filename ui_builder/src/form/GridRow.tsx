import { memo } from 'react';
import type { Problem } from '../api/problems';
import type { Row } from '../api/values';
import type { Shown } from '../core/conditions';
import { keyOf, typedOf } from '../core/document';
import type { RowPath } from '../core/paths';
import type { Editing } from '../core/useDocument';
import { kindOf } from '../fields/kinds';
import type { Field } from '../meta/types';
import { ChevronIcon, CloseIcon } from '../ui/icons';
import styles from './grid.module.css';

/** How the cells of a row stand right now; compared as text, so that rows without a change are not drawn again. */
export interface RowLook {
  readonly cells: Readonly<Record<string, Shown & { readonly problems: readonly Problem[] }>>;
  readonly problems: readonly Problem[];
  readonly isMarked: boolean;
}

/** Id of the sentences below a row, which its marked cells point to. */
export function rowProblemsId(rowKey: string): string {
  return `${rowKey}-problems`;
}

interface Props {
  readonly row: Row;
  readonly index: number;
  readonly above: RowPath;
  readonly tableField: Field;
  readonly columns: readonly Field[];
  readonly look: RowLook;
  readonly lookKey: string;
  readonly isLocked: boolean;
  readonly hasDetail: boolean;
  readonly isOpen: boolean;
  readonly editing: Editing;
  readonly onToggle: (key: string) => void;
  readonly onRemove: (index: number) => void;
}

function PlainGridRow(props: Props) {
  const { row, index, look, columns, tableField } = props;
  const key = keyOf(row);
  return (
    <tr data-marked={look.isMarked || undefined}>
      <th scope="row" className={styles.number}>
        {props.hasDetail ? (
          <button
            type="button"
            className={styles.toggle}
            aria-expanded={props.isOpen}
            aria-label={`Details of ${tableField.label} row ${String(index + 1)}`}
            onClick={() => props.onToggle(key)}
          >
            <ChevronIcon />
            {index + 1}
          </button>
        ) : (
          index + 1
        )}
      </th>
      {columns.map((field) => (
        <GridCell key={field.name} field={field} {...props} rowKey={key} />
      ))}
      <td className={styles.tools}>
        {props.isLocked ? null : (
          <button
            type="button"
            tabIndex={-1}
            className={styles.remove}
            aria-label={`Remove ${tableField.label} row ${String(index + 1)}`}
            title="Remove the row (Ctrl+Delete)"
            onClick={() => props.onRemove(index)}
          >
            <CloseIcon />
          </button>
        )}
      </td>
    </tr>
  );
}

function GridCell(props: Props & { readonly field: Field; readonly rowKey: string }) {
  const { field, row, index, look, tableField, rowKey } = props;
  const cell = look.cells[field.name];
  const kind = kindOf(field.type);
  const isHidden = cell?.visible === false;
  const problems = cell?.problems ?? [];
  const id = `${rowKey}-${field.name}`;
  const path = [...props.above, { field: tableField.name, index }];
  const isTyped = field.computed && typedOf(row).has(field.name);
  return (
    <td
      data-row={index}
      data-field={field.name}
      data-label={field.label}
      data-align={kind.align}
      data-typed={isTyped || undefined}
    >
      {isHidden ? null : (
        <kind.Input
          field={field}
          value={row[field.name]}
          onChange={(value) => props.editing.set(path, field, value)}
          id={id}
          ariaLabel={`${field.label}, ${tableField.label} row ${String(index + 1)}`}
          describedBy={problems.length > 0 ? rowProblemsId(rowKey) : undefined}
          isRequired={cell?.required ?? false}
          isReadOnly={props.isLocked || (cell?.readOnly ?? false)}
          isInvalid={problems.some((problem) => problem.action === 'refuse')}
          isCell
        />
      )}
    </td>
  );
}

/** One row of a child grid. */
export const GridRow = memo(
  PlainGridRow,
  (before, after) =>
    before.row === after.row &&
    before.index === after.index &&
    before.lookKey === after.lookKey &&
    before.isOpen === after.isOpen &&
    before.isLocked === after.isLocked &&
    before.columns === after.columns &&
    before.above.length === after.above.length &&
    before.above.every((step, depth) => step.index === after.above[depth]?.index),
);
