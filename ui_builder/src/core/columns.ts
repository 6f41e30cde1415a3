/** Which fields of a child table are columns of its grid; the others stand in the row's detail. */
import type { Field, Meta, Table } from '../meta/types';
import { isNumeric } from './numeric';

const COLUMNS_MAX = 8;

export interface GridShape {
  readonly columns: readonly Field[];
  readonly details: readonly Field[];
  readonly tables: readonly Field[];
}

function weight(field: Field): number {
  if (field.required) return 0;
  if (!field.computed) return field.type === 'boolean' || field.type === 'long_text' ? 4 : 1;
  if (field.editable) return 1;
  return isNumeric(field.type) ? 2 : 3;
}

/** In: a child table. Out: columns in the order declared, the rest for the detail, and the tables below. */
export function gridShape(meta: Meta, table: Table): GridShape {
  const all = Object.values(table.fields).filter((field) => field.type !== 'back');
  const plain = all.filter((field) => field.type !== 'table' && field.type !== 'json');
  const declared = Object.values(meta.doctypes).find(
    (one) => one.name === table.rowType || one.key === table.rowType,
  )?.listFields;
  const named = plain.filter((field) => declared?.includes(field.name));
  const columns =
    named.length > 1
      ? (declared ?? []).flatMap((name) => named.filter((field) => field.name === name))
      : lightest(plain);
  const shown = new Set(columns);
  return {
    columns,
    details: all.filter((field) => field.type !== 'table' && !shown.has(field)),
    tables: all.filter((field) => field.type === 'table'),
  };
}

function lightest(fields: readonly Field[]): readonly Field[] {
  const kept = new Set(fields.toSorted((a, b) => weight(a) - weight(b)).slice(0, COLUMNS_MAX));
  return fields.filter((field) => kept.has(field));
}
