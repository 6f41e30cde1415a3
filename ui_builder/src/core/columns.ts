/** Which fields of a child table are columns of its grid; the others stand in the row's detail. */
import type { Field, Table } from '../meta/types';

const COLUMNS_MAX = 8;
const TOTALS_MAX = 2;

export interface GridShape {
  readonly columns: readonly Field[];
  readonly details: readonly Field[];
  readonly tables: readonly Field[];
}

/** What a person must say comes first, then what they may say; free text needs room and stands back. */
function weight(field: Field): number {
  if (field.required) return 0;
  const isRoomy = field.type === 'text' || field.type === 'long_text' || field.type === 'boolean';
  if (!field.computed) return isRoomy ? 3 : 1;
  return field.editable ? 2 : 4;
}

/** The amounts that a row comes to: the last that are worked out. */
function totalsOf(fields: readonly Field[]): readonly Field[] {
  return fields
    .filter((field) => field.type === 'money' && field.computed && !field.editable)
    .slice(-TOTALS_MAX);
}

function lightest(fields: readonly Field[]): readonly Field[] {
  const totals = totalsOf(fields);
  const others = fields.filter((field) => !totals.includes(field));
  const first = others
    .toSorted((a, b) => weight(a) - weight(b))
    .slice(0, COLUMNS_MAX - totals.length);
  const kept = new Set([...first, ...totals]);
  return fields.filter((field) => kept.has(field));
}

/** In: a child table. Out: its columns (those it names, else the weightiest), the rest for the detail, and the tables below. */
export function gridShape(table: Table): GridShape {
  const all = Object.values(table.fields).filter((field) => field.type !== 'back');
  const plain = all.filter((field) => field.type !== 'table' && field.type !== 'json');
  const named = table.listFields.flatMap((name) => plain.filter((field) => field.name === name));
  const columns = named.length > 0 ? named : lightest(plain);
  const shown = new Set(columns);
  return {
    columns,
    details: all.filter((field) => field.type !== 'table' && !shown.has(field)),
    tables: all.filter((field) => field.type === 'table'),
  };
}
