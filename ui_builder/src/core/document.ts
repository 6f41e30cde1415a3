/**
 * A document in hand: changes as pure functions over rows.
 * Rows carry what REST carries, and `$key`, which stays with a row for as long as the form is open.
 */
import { isLink, isRows, type Row, rowsOf, type Value } from '../api/values';
import type { Doctype, Field, Table } from '../meta/types';
import { changeRow, type RowPath, rowAt, tablePath } from './paths';

const KEY = '$key';
const TOUCHED = '$touched';

/** Gives each new row a key of its own; one per open form. */
export type KeyMaker = () => string;

export function keyMaker(): KeyMaker {
  let last = 0;
  return () => {
    last += 1;
    return `r${String(last)}`;
  };
}

export function keyOf(row: Row): string {
  return String(row[KEY] ?? '');
}

export function typedOf(row: Row): ReadonlySet<string> {
  const typed = row.typed;
  return new Set(typeof typed === 'string' && typed !== '' ? typed.split(',') : []);
}

function withTyped(row: Row, field: string, isTyped: boolean): Row {
  const typed = new Set(typedOf(row));
  if (isTyped) typed.add(field);
  else typed.delete(field);
  return { ...row, typed: [...typed].sort().join(',') };
}

function childTable(doctype: Doctype, field: Field): Table | undefined {
  return field.table === null ? undefined : doctype.tables[field.table];
}

function isEmpty(value: Value): boolean {
  return (
    value === undefined || value === null || value === '' || (isRows(value) && value.length === 0)
  );
}

/** Whether the field is a part of what another row has: the server works it out, and nobody writes it. */
export function isPart(row: Readonly<Record<string, unknown>>, field: Field): boolean {
  return field.partOf.some((link) => (row[link] ?? '') !== '');
}

/** Whether a person writes this field: directly, or over what was computed. */
export function isWritten(row: Row, field: Field): boolean {
  if (field.type === 'back' || field.generated || isPart(row, field)) return false;
  if (!field.computed) return !field.readOnly;
  return field.editable && typedOf(row).has(field.name);
}

/** A row with the literal defaults of its table. */
export function blankRow(table: Table, nextKey: KeyMaker): Row {
  const row: Record<string, Value> = { [KEY]: nextKey() };
  for (const field of Object.values(table.fields)) {
    if (field.type === 'table') row[field.name] = [];
    else if (field.default !== null && !field.computed) row[field.name] = field.default;
  }
  return row;
}

/**
 * Whether a person chose this value, or it stands in the saved document. What only a default gave is not
 * sent: the server fills it anew, so it follows when what it was taken from changes.
 */
export function isTouched(row: Row, field: string): boolean {
  return String(row[TOUCHED] ?? '')
    .split(',')
    .includes(field);
}

function touch(row: Row, field: string): Row {
  if (isTouched(row, field)) return row;
  const known = String(row[TOUCHED] ?? '');
  return { ...row, [TOUCHED]: known === '' ? field : `${known},${field}` };
}

/** Whether nobody has said anything in this row yet. */
export function isBlank(row: Row, table: Table): boolean {
  if (row.id !== undefined && row.id !== null) return false;
  return Object.values(table.fields).every(
    (field) => !isTouched(row, field.name) || isEmpty(row[field.name]) || !isWritten(row, field),
  );
}

/** Writes what a person typed. Emptying a computed field hands it back to its formula. */
export function setField(document: Row, path: RowPath, field: Field, value: Value): Row {
  return changeRow(document, path, (row) => {
    if (row[field.name] === value) return row;
    const written = touch({ ...row, [field.name]: value }, field.name);
    return field.computed && field.editable
      ? withTyped(written, field.name, !isEmpty(value))
      : written;
  });
}

/**
 * A saved row that names another record starts afresh: what its defaults took from the old one goes, and the
 * server fills it again, as it does for a new row.
 */
function renewed(row: Row, table: Table, field: Field): Row {
  const followers = Object.values(table.fields).filter((one) =>
    one.defaultReads.includes(field.name),
  );
  if (typeof row.id !== 'number' || field.type !== 'link' || followers.length === 0) return row;
  const names = new Set(followers.map((one) => one.name));
  const touched = String(row[TOUCHED] ?? '')
    .split(',')
    .filter((name) => !names.has(name));
  const kept = Object.entries(row).filter(([name]) => name !== 'id' && !names.has(name));
  return { ...Object.fromEntries(kept), [TOUCHED]: touched.join(',') };
}

/** As setField, by a person: a row below the head is renewed where its defaults hang on the field. */
export function writeField(
  doctype: Doctype,
  document: Row,
  path: RowPath,
  field: Field,
  value: Value,
): Row {
  const table = doctype.tables[tablePath(path)];
  const before = rowAt(document, path)?.[field.name];
  const written = setField(document, path, field, value);
  const isOther = isLink(value) && !(isLink(before) && before.id === value.id);
  if (!table || path.length === 0 || !isOther) return written;
  return changeRow(written, path, (row) => renewed(row, table, field));
}

export function insertRows(
  document: Row,
  above: RowPath,
  field: string,
  at: number,
  rows: readonly Row[],
): Row {
  return changeRow(document, above, (row) => ({
    ...row,
    [field]: rowsOf(row, field).toSpliced(at, 0, ...rows),
  }));
}

export function removeRow(document: Row, above: RowPath, field: string, at: number): Row {
  return changeRow(document, above, (row) => ({
    ...row,
    [field]: rowsOf(row, field).toSpliced(at, 1),
  }));
}

export interface Adoption {
  readonly nextKey: KeyMaker;
  /** Its values are more than defaults. */
  readonly chosen: boolean;
  /** What stood in the form before: rows in the same place keep their keys, and so the focus stays. */
  readonly before?: Row | undefined;
}

/** Takes a document from the server into the form: every row gets its key. */
export function adopt(doctype: Doctype, document: Row, how: Adoption, path = ''): Row {
  const table = doctype.tables[path];
  const key = how.before ? keyOf(how.before) : '';
  const row: Record<string, Value> = { ...document, [KEY]: key || how.nextKey() };
  for (const field of Object.values(table?.fields ?? {})) {
    const below = field.type === 'table' ? field.table : null;
    if (below === null) continue;
    const before = how.before ? rowsOf(how.before, field.name) : [];
    row[field.name] = rowsOf(document, field.name).map((child, index) =>
      adopt(doctype, child, { ...how, before: before[index] }, below),
    );
  }
  return how.chosen ? touchAll(row, table) : row;
}

function touchAll(row: Row, table: Table | undefined): Row {
  const filled = Object.values(table?.fields ?? {}).filter((field) => !isEmpty(row[field.name]));
  return { ...row, [TOUCHED]: filled.map((field) => field.name).join(',') };
}

function sameValue(left: Value, right: Value): boolean {
  if (isLink(left) && isLink(right)) return left.id === right.id && left.title === right.title;
  return left === right;
}

function mergeRows(
  doctype: Doctype,
  table: Table,
  mine: readonly Row[],
  theirs: readonly Row[],
  nextKey: KeyMaker,
): readonly Row[] {
  if (table.generated) {
    const made = theirs.map((row, index) => {
      const before = mine[index];
      return before
        ? mergeRow(doctype, table, before, row, nextKey)
        : adopt(doctype, row, { nextKey, chosen: false }, table.path);
    });
    const same = made.length === mine.length && made.every((row, index) => row === mine[index]);
    return same ? mine : made;
  }
  const merged = mine.map((row, index) => {
    const other = theirs[index];
    return other ? mergeRow(doctype, table, row, other, nextKey) : row;
  });
  return merged.every((row, index) => row === mine[index]) ? mine : merged;
}

function merged(
  doctype: Doctype,
  table: Table,
  field: Field,
  mine: Row,
  theirs: Row,
  nextKey: KeyMaker,
): Value {
  const value = mine[field.name];
  const below = childTable(doctype, field);
  if (field.type === 'table' && below) {
    const isMade = table.generated || field.generated || isPart(mine, field);
    const all = isMade ? { ...below, generated: true } : below;
    return mergeRows(doctype, all, rowsOf(mine, field.name), rowsOf(theirs, field.name), nextKey);
  }
  const isMine = !table.generated && isWritten(mine, field) && isTouched(mine, field.name);
  const isNamed = isLink(theirs[field.name]) && typeof value === 'string';
  if (isMine && !isNamed) return value;
  return theirs[field.name] === undefined ? value : theirs[field.name];
}

/** Takes what the server worked out into the row; what a person wrote stays, and so do rows without a change. */
export function mergeRow(
  doctype: Doctype,
  table: Table,
  mine: Row,
  theirs: Row,
  nextKey: KeyMaker,
): Row {
  const changes: Record<string, Value> = {};
  for (const field of Object.values(table.fields)) {
    const value = merged(doctype, table, field, mine, theirs, nextKey);
    if (!sameValue(value, mine[field.name])) changes[field.name] = value;
  }
  return Object.keys(changes).length === 0 ? mine : { ...mine, ...changes };
}

export function mergeDocument(doctype: Doctype, mine: Row, theirs: Row, nextKey: KeyMaker): Row {
  const head = doctype.tables[''];
  return head ? mergeRow(doctype, head, mine, theirs, nextKey) : mine;
}
