import type { ClipboardEvent } from 'react';
import { type Row, rowsOf } from '../api/values';
import type { GridShape } from '../core/columns';
import { blankRow, insertRows, type KeyMaker, setField } from '../core/document';
import { parseCells, valueOfCell } from '../core/paste';
import { type RowPath, rowAt } from '../core/paths';
import type { Field, Table } from '../meta/types';
import { useForm } from './FormContext';

interface Options {
  readonly above: RowPath;
  readonly field: Field;
  readonly table: Table | undefined;
  readonly shape: GridShape | null;
  readonly isLocked: boolean;
}

interface Landing extends Options {
  readonly table: Table;
  readonly row: number;
  readonly columns: readonly Field[];
  readonly nextKey: KeyMaker;
}

/** Writes pasted cells from a place on, adding rows where they run out. */
function land(document: Row, cells: readonly (readonly string[])[], to: Landing): Row {
  const parent = rowAt(document, to.above);
  const have = parent ? rowsOf(parent, to.field.name).length : 0;
  const missing = Math.max(0, to.row + cells.length - have);
  const blanks = Array.from({ length: missing }, () => blankRow(to.table, to.nextKey));
  let written =
    missing > 0 ? insertRows(document, to.above, to.field.name, have, blanks) : document;
  cells.forEach((line, down) => {
    const path = [...to.above, { field: to.field.name, index: to.row + down }];
    line.forEach((text, right) => {
      const column = to.columns[right];
      const value = column ? valueOfCell(text, column, new Date()) : undefined;
      if (column && value !== undefined) written = setField(written, path, column, value);
    });
  });
  return written;
}

/** Pastes rows of a spreadsheet into the grid, from the cell that has the focus. */
export function useGridPaste(options: Options) {
  const { editing } = useForm();
  return (event: ClipboardEvent<HTMLTableElement>) => {
    const { table, shape } = options;
    const cell = event.target instanceof Element ? event.target.closest('td[data-field]') : null;
    const cells = parseCells(event.clipboardData.getData('text/plain'));
    if (options.isLocked || !table || !shape || cells === null || !(cell instanceof HTMLElement))
      return;
    if (cell.closest('[data-grid]') !== event.currentTarget) return;
    event.preventDefault();
    const writable = shape.columns.filter((column) => !column.computed || column.editable);
    const start = writable.findIndex((column) => column.name === cell.dataset.field);
    if (start < 0) return;
    const columns = writable.slice(start);
    const row = Number(cell.dataset.row);
    editing.change((document) =>
      land(document, cells, { ...options, table, row, columns, nextKey: editing.nextKey }),
    );
  };
}
