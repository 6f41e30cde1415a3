import { describe, expect, it } from 'vitest';
import { type Row, rowsOf } from '../api/values';
import { keyMaker, keyOf, setField } from './document';
import { type DocumentState, documentReducer, opened } from './documentState';
import { placeWords, shownProblems } from './findings';
import { FACTS, ITEM, orderDoctype } from './testing/order';

const doctype = orderDoctype();
const nextKey = keyMaker();
const reduce = documentReducer(doctype, nextKey);
const item = doctype.tables.items?.fields.item;
const quantity = doctype.tables.items?.fields.quantity;
const first = [{ field: 'items', index: 0 }];
if (!item || !quantity) throw new Error('The test doctype lost its fields.');

const problem = (path: string, message: string) => ({
  code: 'x',
  path,
  message,
  hint: '',
  action: 'refuse' as const,
});
const preview = (document: Row, problems: readonly ReturnType<typeof problem>[] = []) => ({
  document,
  entries: {},
  problems,
  facts: FACTS,
});
const fresh = (): DocumentState => opened(doctype, { items: [] }, nextKey, false);

describe('an open document', () => {
  it('offers a row to write in when it is new, and none when it is saved', () => {
    expect(rowsOf(fresh().document, 'items')).toHaveLength(1);
    expect(
      rowsOf(opened(doctype, { id: 4, items: [] }, nextKey, true).document, 'items'),
    ).toHaveLength(0);
  });

  it('counts changes, and knows nothing else as one', () => {
    const state = fresh();
    expect(reduce(state, { kind: 'change', change: (row) => row })).toBe(state);
    const changed = reduce(state, {
      kind: 'change',
      change: (row) => setField(row, first, item, ITEM),
    });
    expect(changed.changes).toBe(1);
    expect(reduce(changed, { kind: 'previewed', changes: 1, preview: preview({}) }).changes).toBe(
      1,
    );
  });

  it('knows that entries are withheld, until a preview shows them all', () => {
    const told = { ...preview({ items: [] }), withheld: true };
    const state = reduce(fresh(), { kind: 'previewed', changes: 0, preview: told });
    expect([fresh().isWithheld, state.isWithheld]).toEqual([false, true]);
    const all = { kind: 'previewed', changes: 0, preview: preview({ items: [] }) } as const;
    expect(reduce(state, all).isWithheld).toBe(false);
  });

  it('works out its totals once it knows the facts', () => {
    const known = reduce(fresh(), {
      kind: 'previewed',
      changes: 0,
      preview: preview({ items: [] }),
    });
    const picked = reduce(known, {
      kind: 'change',
      change: (row) => setField(row, first, item, ITEM),
    });
    expect(rowsOf(picked.document, 'items')[0]?.rate).toBe('0.335000');
  });

  it('drops an answer to what was typed before', () => {
    const changed = reduce(fresh(), {
      kind: 'change',
      change: (row) => setField(row, first, quantity, '2'),
    });
    expect(
      reduce(changed, { kind: 'previewed', changes: 0, preview: preview({ total: '9.00' }) }),
    ).toBe(changed);
    expect(
      reduce(changed, { kind: 'found', changes: 0, problems: [problem('total', 'old')] }),
    ).toBe(changed);
  });

  it('is clean again when it is loaded', () => {
    const changed = reduce(fresh(), {
      kind: 'change',
      change: (row) => setField(row, first, quantity, '2'),
    });
    const loaded = reduce(changed, { kind: 'loaded', document: { id: 9, version: 2, items: [] } });
    expect(loaded).toMatchObject({ changes: 0, strict: false, problems: [] });
    expect(loaded.saved?.id).toBe(9);
  });
});

describe('a document that is typed in while it is saved', () => {
  const typing = (value: string) =>
    ({ kind: 'change', change: (row: Row) => setField(row, first, quantity, value) }) as const;
  const typed = typing('7');
  const stored = (state: string): Row => ({
    id: 9,
    version: 2,
    state,
    items: [{ id: 10, item: ITEM, quantity: '1' }],
  });
  const sent = () => reduce(reduce(fresh(), typing('5')), { kind: 'sent' });

  it('keeps what was typed since', () => {
    const state = reduce(reduce(sent(), typed), { kind: 'loaded', document: stored('draft') });
    expect(rowsOf(state.document, 'items')[0]?.quantity).toBe('7');
    expect(state.changes).toBe(1);
    expect(rowsOf(state.saved ?? {}, 'items')[0]?.quantity).toBe('1');
  });

  it('takes the saved one where nothing was typed, or where it is closed', () => {
    expect(reduce(sent(), { kind: 'loaded', document: stored('draft') }).changes).toBe(0);
    const closed = reduce(reduce(sent(), typed), {
      kind: 'loaded',
      document: stored('submitted'),
    });
    expect(closed.changes).toBe(doctype.submittable ? 0 : 1);
  });
});

describe('a document loaded over what stood there', () => {
  it('keeps the keys of its rows, so that the focus stays', () => {
    const state = opened(doctype, { id: 9, items: [{ id: 1 }, { id: 2 }] }, nextKey, true);
    const loaded = reduce(state, {
      kind: 'loaded',
      document: { id: 9, items: [{ id: 1 }, { id: 3 }, { id: 4 }] },
    });
    const keys = (one: DocumentState) => rowsOf(one.document, 'items').map(keyOf);
    expect(keys(loaded).slice(0, 2)).toEqual(keys(state));
    expect(new Set(keys(loaded)).size).toBe(3);
  });
});

describe('problems', () => {
  const shown = (state: DocumentState) =>
    shownProblems(doctype, state.problems, state.foundIn, state.document, state.strict).map(
      (one) => one.message,
    );
  const problems = [
    problem('customer', 'needed'),
    problem('items[0].quantity', 'too much'),
    problem('items', 'no rows'),
    problem('', 'odd'),
  ];

  it('of what is not filled yet wait until a save was refused', () => {
    const state = reduce(fresh(), {
      kind: 'previewed',
      changes: 0,
      preview: preview({ items: [] }, problems),
    });
    expect(shown(state)).toEqual(['too much', 'odd']);
    expect(shown(reduce(state, { kind: 'refused', problems }))).toEqual([
      'needed',
      'too much',
      'no rows',
      'odd',
    ]);
  });

  it('go as soon as what they are about is changed', () => {
    const state = reduce(fresh(), { kind: 'refused', problems });
    const changed = reduce(state, {
      kind: 'change',
      change: (row) => setField(row, first, quantity, '5'),
    });
    expect(shown(changed)).toEqual(['needed', 'odd']);
  });

  it('are named in words', () => {
    expect(placeWords(doctype, 'items[1].item')).toBe('Items, row 2, Item');
    expect(placeWords(doctype, 'customer')).toBe('Customer');
    expect(placeWords(doctype, 'unheard.of')).toBe('unheard.of');
  });
});
