/** Where a row or field stands in a document: `items[2].taxes[0].rate`, counted from 0. */
import { isRows, type Row, type Value } from '../api/values';

export interface Step {
  readonly field: string;
  readonly index: number;
}
/** Way from the head to a row; empty for the head itself. */
export type RowPath = readonly Step[];

export interface FieldPath {
  readonly row: RowPath;
  /** Empty when the row itself is meant. */
  readonly field: string;
}

/** In: `items[2].rate`. Out: the way to the row and the field in it. */
export function parsePath(path: string): FieldPath {
  const row: Step[] = [];
  let field = '';
  for (const part of path.split('.').filter((piece) => piece !== '')) {
    const indexed = /^(.+)\[(\d+)\]$/.exec(part);
    if (indexed) row.push({ field: indexed[1] ?? '', index: Number(indexed[2]) });
    else field = field === '' ? part : `${field}.${part}`;
  }
  return { row, field };
}

export function rowPathText(row: RowPath): string {
  return row.map((step) => `${step.field}[${String(step.index)}]`).join('.');
}

export function fieldPathText(row: RowPath, field: string): string {
  const above = rowPathText(row);
  return above === '' ? field : field === '' ? above : `${above}.${field}`;
}

/** Path of the table that a row belongs to: `items.taxes`; empty for the head. */
export function tablePath(row: RowPath): string {
  return row.map((step) => step.field).join('.');
}

export function rowAt(document: Row, path: RowPath): Row | undefined {
  let row: Row | undefined = document;
  for (const step of path) {
    const rows: Value = row?.[step.field];
    row = isRows(rows) ? rows[step.index] : undefined;
  }
  return row;
}

/** Replaces the row at `path`; rows beside the way keep their identity. A way that leads nowhere changes nothing. */
export function changeRow(document: Row, path: RowPath, change: (row: Row) => Row): Row {
  const [step, ...rest] = path;
  if (!step) return change(document);
  const rows = document[step.field];
  if (!isRows(rows)) return document;
  const below = rows[step.index];
  if (!below) return document;
  const changed = changeRow(below, rest, change);
  if (changed === below) return document;
  return { ...document, [step.field]: rows.with(step.index, changed) };
}
