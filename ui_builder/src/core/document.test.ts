import { describe, expect, it } from 'vitest';
import { type Row, rowsOf } from '../api/values';
import { documentBody } from './body';
import { documentFrame, shownAs } from './conditions';
import {
  adopt,
  blankRow,
  insertRows,
  isBlank,
  keyMaker,
  keyOf,
  mergeDocument,
  removeRow,
  setField,
  typedOf,
  writeField,
} from './document';
import type { FrameRow } from './frame';
import { rowAt } from './paths';
import { ITEM, OTHER, orderDoctype } from './testing/order';

const doctype = orderDoctype();
const head = doctype.tables[''];
const items = doctype.tables.items;
if (!head || !items) throw new Error('The test doctype lost its tables.');

const first = [{ field: 'items', index: 0 }];
const field = (name: string, table = items) => {
  const found = table.fields[name];
  if (!found) throw new Error(`There is no field ${name}.`);
  return found;
};

function withLine(): Row {
  const next = keyMaker();
  const empty = adopt(doctype, { customer: null, items: [] }, { nextKey: next, chosen: false });
  return insertRows(empty, [], 'items', 0, [blankRow(items as NonNullable<typeof items>, next)]);
}

describe('a part of what another row has', () => {
  const note = { ...field('note'), partOf: ['item'] };
  const parted = { ...items, fields: { ...items.fields, note } };
  const taken = { ...doctype, tables: { ...doctype.tables, items: parted } };
  const typed = setField(
    setField(withLine(), first, field('item'), ITEM),
    first,
    field('note'),
    'x',
  );

  it('is neither sent nor kept against what the server says', () => {
    expect(documentBody(taken, typed, null)).toEqual({ items: [{ item: 7 }] });
    const merged = mergeDocument(taken, typed, { items: [{ item: ITEM, note: 'y' }] }, keyMaker());
    expect(rowAt(merged, first)?.note).toBe('y');
    const frame = documentFrame(taken, typed).items as FrameRow[];
    expect(shownAs(note, frame[0] ?? {}, {}, false).readOnly).toBe(true);
  });

  it('is a field like others in a row that is no part', () => {
    const alone = setField(typed, first, field('item'), null);
    expect(documentBody(taken, alone, null)).toEqual({ items: [{ item: null, note: 'x' }] });
  });
});

describe('what is sent', () => {
  it('is what a person wrote: no defaults, no results, no empty rows at the end', () => {
    expect(documentBody(doctype, withLine(), null)).toEqual({ items: [] });
    const written = setField(withLine(), first, field('item'), ITEM);
    expect(documentBody(doctype, written, null)).toEqual({ items: [{ item: 7 }] });
  });

  it('has what was typed over a formula, until it is emptied again', () => {
    const typed = setField(
      setField(withLine(), first, field('item'), ITEM),
      first,
      field('rate'),
      '9.5',
    );
    expect([...typedOf(rowAt(typed, first) as Row)]).toEqual(['rate']);
    expect(documentBody(doctype, typed, null)).toEqual({ items: [{ item: 7, rate: '9.5' }] });
    const emptied = setField(typed, first, field('rate'), null);
    expect(documentBody(doctype, emptied, null)).toEqual({ items: [{ item: 7 }] });
  });

  it('takes back what stood typed over in the saved document', () => {
    const wire = {
      id: 5,
      version: 3,
      items: [{ id: 6, item: ITEM, quantity: '2', rate: '9', typed: 'rate' }],
    };
    const saved = adopt(doctype, wire, { nextKey: keyMaker(), chosen: true });
    const emptied = setField(saved, first, field('rate'), null);
    expect(documentBody(doctype, emptied, saved)).toEqual({
      id: 5,
      version: 3,
      items: [{ id: 6, item: 7, quantity: '2', rate: null }],
    });
  });

  it('says null where a person emptied what a default had filled', () => {
    const emptied = setField(
      adopt(doctype, { kind: 'home' }, { nextKey: keyMaker(), chosen: false }),
      [],
      field('kind', head),
      null,
    );
    expect(documentBody(doctype, emptied, null)).toMatchObject({ kind: null });
  });

  it('keeps empty rows in between, so that places stay what they are', () => {
    const next = keyMaker();
    const two = insertRows(withLine(), [], 'items', 1, [
      blankRow(items as NonNullable<typeof items>, next),
    ]);
    const written = setField(two, [{ field: 'items', index: 1 }], field('item'), OTHER);
    expect(documentBody(doctype, written, null)).toEqual({ items: [{}, { item: 8 }] });
  });
});

describe('what the server worked out', () => {
  it('fills results and defaults and leaves what a person wrote', () => {
    const mine = setField(withLine(), first, field('item'), ITEM);
    const theirs = {
      kind: 'home',
      total: '12.00',
      items: [
        {
          item: OTHER,
          quantity: '1.000',
          rate: '12',
          note: 'from item',
          amount: '12.00',
          taxes: [{ amount: '2.16' }],
        },
      ],
    };
    const merged = mergeDocument(doctype, mine, theirs, keyMaker());
    const line = rowAt(merged, first) as Row;
    expect(line.item).toEqual(ITEM);
    expect(line.amount).toBe('12.00');
    expect(line.note).toBe('from item');
    expect(rowsOf(line, 'taxes').map((row) => row.amount)).toEqual(['2.16']);
    expect(merged.total).toBe('12.00');
    expect(keyOf(line)).toBe(keyOf(rowAt(mine, first) as Row));
    expect(documentBody(doctype, merged, null)).toEqual({ items: [{ item: 7 }] });
  });

  it('follows a default that changes, as long as nobody wrote over it', () => {
    const mine = mergeDocument(
      doctype,
      setField(withLine(), first, field('item'), ITEM),
      { items: [{ note: 'one' }] },
      keyMaker(),
    );
    const again = mergeDocument(doctype, mine, { items: [{ note: 'two' }] }, keyMaker());
    expect(rowAt(again, first)?.note).toBe('two');
    const written = setField(again, first, field('note'), 'mine');
    expect(
      rowAt(mergeDocument(doctype, written, { items: [{ note: 'three' }] }, keyMaker()), first)
        ?.note,
    ).toBe('mine');
  });

  it('keeps the identity of rows in which nothing changed', () => {
    const mine = setField(withLine(), first, field('item'), ITEM);
    const once = mergeDocument(
      doctype,
      mine,
      { items: [{ amount: '1.00', taxes: [] }] },
      keyMaker(),
    );
    expect(
      mergeDocument(doctype, once, { items: [{ amount: '1.00', taxes: [] }] }, keyMaker()),
    ).toBe(once);
  });

  it('turns a pasted key into the record the server found', () => {
    const mine = setField(withLine(), first, field('item'), 'NAIL');
    expect(documentBody(doctype, mine, null)).toEqual({ items: [{ item: 'NAIL' }] });
    expect(
      rowAt(mergeDocument(doctype, mine, { items: [{ item: ITEM }] }, keyMaker()), first)?.item,
    ).toEqual(ITEM);
  });
});

describe('a saved row that names another record', () => {
  const line = { id: 6, item: ITEM, quantity: '2', note: 'of the nail' };
  const saved = adopt(
    doctype,
    { id: 5, version: 3, items: [line] },
    { nextKey: keyMaker(), chosen: true },
  );

  it('is a new row to the server, which fills again what hangs on it', () => {
    const other = writeField(doctype, saved, first, field('item'), OTHER);
    expect(documentBody(doctype, other, saved)).toMatchObject({
      items: [{ item: 8, quantity: '2' }],
    });
    expect(rowAt(other, first)).not.toHaveProperty('note');
    expect(rowAt(other, first)).not.toHaveProperty('id');
  });

  it('stays itself when the same record is picked again, or anything else is changed', () => {
    const same = writeField(doctype, saved, first, field('item'), { ...ITEM });
    expect(rowAt(same, first)).toMatchObject({ id: 6, note: 'of the nail' });
    const more = writeField(doctype, saved, first, field('quantity'), '3');
    expect(rowAt(more, first)).toMatchObject({ id: 6, quantity: '3', note: 'of the nail' });
  });
});

describe('rows', () => {
  it('are blank until somebody writes in them', () => {
    const line = rowAt(withLine(), first) as Row;
    expect(line.quantity).toBe('1');
    expect(isBlank(line, items)).toBe(true);
    expect(
      isBlank(rowAt(setField(withLine(), first, field('quantity'), '2'), first) as Row, items),
    ).toBe(false);
    expect(isBlank({ id: 4 }, items)).toBe(false);
  });

  it('go without touching the others', () => {
    const next = keyMaker();
    const two = insertRows(withLine(), [], 'items', 1, [blankRow(items, next)]);
    const [, second] = rowsOf(two, 'items');
    expect(rowsOf(removeRow(two, [], 'items', 0), 'items')).toEqual([second]);
  });
});
