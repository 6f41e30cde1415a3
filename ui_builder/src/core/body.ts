/** What is sent: what a person wrote, and nothing that formulas or steps worked out. */
import { isLink, type Row, rowsOf, type Value } from '../api/values';
import type { Doctype, Field, Table } from '../meta/types';
import { isBlank, isPart, isTouched, isWritten, typedOf } from './document';

/** Rows at the end that nobody has written in are not sent; so places of rows stay what they are. */
export function withoutBlankTail(rows: readonly Row[], table: Table): readonly Row[] {
  let end = rows.length;
  while (end > 0) {
    const last = rows[end - 1];
    if (!last || !isBlank(last, table)) break;
    end -= 1;
  }
  return rows.slice(0, end);
}

function sent(value: Value, field: Field): unknown {
  if (isLink(value))
    return field.link.length > 1 ? { id: value.id, doctype: value.doctype } : value.id;
  return value === '' ? null : value;
}

function rowBody(
  doctype: Doctype,
  table: Table,
  row: Row,
  saved: Row | null,
): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  if (table.path !== '' && typeof row.id === 'number') body.id = row.id;
  const wasTyped = saved === null ? new Set<string>() : typedOf(saved);
  for (const field of Object.values(table.fields)) {
    const value = row[field.name];
    if (field.type === 'table') {
      const below = field.table === null ? undefined : doctype.tables[field.table];
      if (!below || below.generated || field.generated || isPart(row, field)) continue;
      const before = rowsById(saved, field.name);
      body[field.name] = withoutBlankTail(rowsOf(row, field.name), below).map((child) =>
        rowBody(doctype, below, child, before.get(child.id) ?? null),
      );
    } else if (isWritten(row, field)) {
      if (value !== undefined && isTouched(row, field.name)) body[field.name] = sent(value, field);
    } else if (field.editable && wasTyped.has(field.name)) body[field.name] = null;
  }
  return body;
}

function rowsById(saved: Row | null, field: string): ReadonlyMap<Value, Row> {
  const rows = saved === null ? [] : rowsOf(saved, field);
  return new Map(rows.map((row) => [row.id, row]));
}

/** What of the head is different from what is saved; tables, whole, where one of their rows is. */
function changedPart(
  body: Record<string, unknown>,
  before: Record<string, unknown>,
): Record<string, unknown> {
  const changed = Object.entries(body).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name] ?? null),
  );
  return Object.fromEntries(changed);
}

/**
 * In: the document in hand and how it was saved last (null: never). Out: the body of POST, PATCH or preview.
 * Of a saved document only what is different is sent: the rest may be shut in the state it is in.
 */
export function documentBody(
  doctype: Doctype,
  document: Row,
  saved: Row | null,
): Record<string, unknown> {
  const head = doctype.tables[''];
  if (!head) return {};
  const body = rowBody(doctype, head, document, saved);
  if (typeof document.id !== 'number') return body;
  const changed = saved === null ? body : changedPart(body, rowBody(doctype, head, saved, saved));
  return { ...changed, id: document.id, version: document.version ?? null };
}
