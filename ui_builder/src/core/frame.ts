/** Rows of REST ↔ the frame that expressions read: numbers as Decimal, links as ids, rows with `parent` and `index`. */
import Decimal from 'decimal.js-light';
import { isLink, type Row, rowsOf, type Value } from '../api/values';
import type { Doctype, Field, Table } from '../meta/types';
import { isNumeric } from './numeric';

/** A row as expressions see it; steps write into it. */
export type FrameRow = Record<string, unknown>;

/** Facts of other records by name of the doctype and id, as `…/preview` sends them. */
export type Facts = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>
>;

function toFrameValue(value: Value, field: Field): unknown {
  if (value === undefined || value === null || value === '') return null;
  if (isLink(value)) return value.id;
  if (isNumeric(field.type)) {
    try {
      return new Decimal(String(value));
    } catch {
      return null;
    }
  }
  return value;
}

/** In: a row of `table`. Out: the row and all rows below as frame rows, tied to each other. */
export function frameRow(
  doctype: Doctype,
  table: Table,
  row: Row,
  parent: FrameRow | null,
  index: number,
): FrameRow {
  const made: FrameRow = { id: row.id ?? null, typed: row.typed ?? '' };
  if (parent !== null) {
    made.parent = parent;
    made.index = new Decimal(index + 1);
  } else {
    const company = row.company;
    made.company = isLink(company) ? company.id : null;
    made.number = row.number ?? null;
    made.state = row.state ?? null;
    made.stage = row.stage ?? null;
  }
  for (const field of Object.values(table.fields)) {
    const below = field.table === null ? undefined : doctype.tables[field.table];
    made[field.name] =
      field.type === 'table' && below
        ? rowsOf(row, field.name).map((child, place) =>
            frameRow(doctype, below, child, made, place),
          )
        : toFrameValue(row[field.name], field);
  }
  return made;
}

/** Every frame row of the table at `path`, in document order. */
export function frameRowsAt(document: FrameRow, path: string): readonly FrameRow[] {
  let rows: readonly FrameRow[] = [document];
  for (const name of path.split('.').filter((part) => part !== '')) {
    rows = rows.flatMap((row) => (Array.isArray(row[name]) ? (row[name] as FrameRow[]) : []));
  }
  return rows;
}

/** Rounds what an expression gave to what the field stores; undefined where it does not fit the field. */
export function stored(result: unknown, field: Field): unknown {
  if (result === null || result === undefined) return null;
  if (!isNumeric(field.type)) return result;
  return result instanceof Decimal
    ? result.toDecimalPlaces(field.scale, Decimal.ROUND_HALF_UP)
    : undefined;
}

function toWire(value: unknown, field: Field): Value {
  if (value instanceof Decimal) {
    return field.type === 'integer' ? value.toNumber() : value.toFixed(field.scale);
  }
  return typeof value === 'string' || typeof value === 'boolean' || value === null
    ? value
    : undefined;
}

/** Takes over from the frame what `written` names (table path → fields); rows without a change keep their identity. */
export function takeBack(
  doctype: Doctype,
  table: Table,
  row: Row,
  frame: FrameRow,
  written: ReadonlyMap<string, ReadonlySet<string>>,
): Row {
  const changes: Record<string, Value> = {};
  const mine = written.get(table.path);
  for (const field of Object.values(table.fields)) {
    const below = field.table === null ? undefined : doctype.tables[field.table];
    if (field.type === 'table' && below) {
      const rows = rowsOf(row, field.name);
      const frames = frame[field.name] as FrameRow[];
      const next = rows.map((child, at) =>
        takeBack(doctype, below, child, frames[at] ?? {}, written),
      );
      if (next.some((child, at) => child !== rows[at])) changes[field.name] = next;
    } else if (mine?.has(field.name) && field.link.length === 0) {
      const value = toWire(frame[field.name], field);
      if (value !== undefined && value !== row[field.name]) changes[field.name] = value;
    }
  }
  return Object.keys(changes).length === 0 ? row : { ...row, ...changes };
}
