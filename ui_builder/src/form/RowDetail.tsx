import type { ComponentType } from 'react';
import type { Row, Value } from '../api/values';
import type { GridShape } from '../core/columns';
import { shownAs } from '../core/conditions';
import type { FrameRow } from '../core/frame';
import type { RowPath } from '../core/paths';
import type { Field } from '../meta/types';
import { FieldBox } from './FieldBox';
import { useForm } from './FormContext';
import styles from './form.module.css';

export interface GridProps {
  readonly above: RowPath;
  readonly aboveRow: Row;
  readonly field: Field;
}

interface Props {
  readonly row: Row;
  readonly path: RowPath;
  readonly frame: FrameRow;
  readonly shape: GridShape;
  readonly isLocked: boolean;
  /** Draws a table below the row: the grid that this detail stands in. */
  readonly Grid: ComponentType<GridProps>;
}

/** Whether a value is worth its room where nobody can write it. */
function says(value: Value): boolean {
  return value !== null && value !== undefined && value !== '';
}

/** What of a row does not stand in its columns: further fields and the tables below it. */
export function RowDetail({ row, path, frame, shape, isLocked, Grid }: Props) {
  const { facts } = useForm();
  const shown = shape.details
    .map((field) => ({ field, look: shownAs(field, frame, facts, isLocked) }))
    .filter(({ field, look }) => look.visible && (!look.readOnly || says(row[field.name])))
    .filter(({ field }) => field.type !== 'json');
  return (
    <div className={styles.rowDetail}>
      <div className={styles.row}>
        {shown.map(({ field, look }) => (
          <FieldBox key={field.name} field={field} row={row} path={path} shown={look} />
        ))}
      </div>
      {shape.tables.map((field) => (
        <div key={field.name} className={styles.tableField}>
          <h3 className={styles.tableTitle}>{field.label}</h3>
          <Grid above={path} aboveRow={row} field={field} />
        </div>
      ))}
    </div>
  );
}
