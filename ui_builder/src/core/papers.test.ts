// @vitest-environment node
/** 2,000 documents that the server worked out: the browser gives the same, decimals compared as text. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Row, rowsOf, type Value } from '../api/values';
import { resolveMeta } from '../meta/resolve';
import type { Doctype, Table } from '../meta/types';
import { adopt, insertRows, keyMaker, removeRow, setField } from './document';
import type { Facts } from './frame';
import { runSteps } from './steps';

interface Vectors {
  readonly doctype: unknown;
  readonly facts: Facts;
  readonly cases: readonly (readonly [Row, Row])[];
}

const file = new URL('../../../tests/vectors/documents.json.gz', import.meta.url);
const vectors = JSON.parse(gunzipSync(readFileSync(file)).toString('utf-8')) as Vectors;
const doctype = resolveMeta({ doctypes: { paper: vectors.doctype } }).doctypes.paper as Doctype;
const head = doctype.tables[''] as Table;
const lines = doctype.tables.lines as Table;

/** Every plain value of a document by its path. */
function values(table: Table, row: Row, at = ''): readonly (readonly [string, Value])[] {
  return Object.values(table.fields).flatMap((field) => {
    const below = field.table === null ? undefined : doctype.tables[field.table];
    if (field.type === 'table' && below) {
      return rowsOf(row, field.name).flatMap((child, index) =>
        values(below, child, `${at}${field.name}[${String(index)}].`),
      );
    }
    return field.type === 'link' ? [] : [[`${at}${field.name}`, row[field.name] ?? null] as const];
  });
}

function adopted(document: Row): Row {
  return adopt(doctype, document, { nextKey: keyMaker(), chosen: false });
}

/** Many documents take a while on a busy machine. */
const PATIENCE = { timeout: 120_000 };

describe('documents that the server worked out', () => {
  it('come out the same, to the paisa', PATIENCE, () => {
    const wrong = vectors.cases.flatMap(([given, answer], index) => {
      const found = values(head, runSteps(doctype, adopted(given), vectors.facts));
      const wanted = new Map(values(head, answer));
      return found
        .filter(([path, value]) => value !== wanted.get(path))
        .map(([path, value]) => [index, path, value, wanted.get(path)]);
    });
    expect(vectors.cases.length).toBe(2000);
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  it('come out the same when only what a change reaches is run', PATIENCE, () => {
    const { facts } = vectors;
    const quantity = lines.fields.quantity;
    const rate = lines.fields.rate;
    const discount = head.fields.discount;
    if (!quantity || !rate || !discount) throw new Error('The paper lost its fields.');
    const wrong: unknown[] = [];
    vectors.cases.slice(0, 300).forEach(([given], index) => {
      let before = runSteps(doctype, adopted(given), facts);
      const count = rowsOf(before, 'lines').length;
      const at = [{ field: 'lines', index: index % Math.max(count, 1) }];
      const edits: ((row: Row) => Row)[] = [
        (row) => setField(row, [], discount, `${String(index % 700)}.05`),
        (row) => (count > 0 ? setField(row, at, quantity, '7.125') : row),
        (row) => (count > 0 ? setField(row, at, rate, index % 2 ? '3.300000' : null) : row),
        (row) => (count > 0 ? removeRow(row, [], 'lines', index % count) : row),
        (row) =>
          insertRows(row, [], 'lines', 0, [
            { $key: 'n', item: { id: 1, title: '' }, quantity: '2' },
          ]),
      ];
      for (const edit of edits) {
        const typed = edit(before);
        const fast = runSteps(doctype, typed, facts, { document: before, facts });
        const slow = runSteps(doctype, typed, facts);
        const wanted = new Map(values(head, slow));
        const other = values(head, fast).filter(([path, value]) => value !== wanted.get(path));
        if (other.length > 0) wrong.push([index, edits.indexOf(edit), other[0]]);
        before = fast;
      }
    });
    expect(wrong.slice(0, 10)).toEqual([]);
  });
});
