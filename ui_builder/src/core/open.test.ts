import { describe, expect, it } from 'vitest';
import type { Row } from '../api/values';
import { resolveMeta } from '../meta/resolve';
import type { Doctype } from '../meta/types';
import { documentBody } from './body';
import { adopt, keyMaker, setField } from './document';
import { documentReducer, opened } from './documentState';
import { isChangedInPlace, isOpen, openFields } from './open';

const FIELDS = {
  day: { type: 'date', required: true },
  price: { type: 'money', scale: 2 },
  note: { type: 'text', after_submit: true },
  seen: { type: 'text', after_submit: true, read_only: true },
  lines: { type: 'table', table: 'lines' },
};

function made(more: Record<string, unknown> = {}): Doctype {
  const wire = {
    name: 'Sale',
    route: 'sales',
    submittable: true,
    can: ['read', 'write', 'create', 'submit'],
    tables: { '': { fields: FIELDS }, lines: { fields: { what: { type: 'text' } } } },
    states: {
      draft: { stage: 'draft', edit: null },
      asked: { stage: 'draft', edit: ['price'] },
      shut: { stage: 'draft', edit: [] },
      submitted: { stage: 'submitted', edit: null },
    },
    ...more,
  };
  const sale = resolveMeta({ doctypes: { sale: wire } }).doctypes.sale;
  if (!sale) throw new Error('There is no sale.');
  return sale;
}

const open = (doctype: Doctype, row: Row, isAmending = false) => {
  const fields = openFields(doctype, row, isAmending);
  return ['day', 'price', 'note', 'lines'].filter((name) => isOpen(fields, name));
};
const ALL = ['day', 'price', 'note', 'lines'];
const submitted = { id: 1, state: 'submitted', stage: 'submitted' };

describe('the fields that are open', () => {
  it('are those that the state of a draft names', () => {
    expect(open(made(), {})).toEqual(ALL);
    expect(open(made(), { id: 1, state: 'draft', stage: 'draft' })).toEqual(ALL);
    expect(open(made(), { id: 1, state: 'asked', stage: 'draft' })).toEqual(['price']);
    expect(open(made(), { id: 1, state: 'shut', stage: 'draft' })).toEqual([]);
  });

  it('are those kept open once it is submitted, and none once it is cancelled', () => {
    expect(open(made(), submitted)).toEqual(['note']);
    expect(open(made(), { id: 1, state: 'cancelled', stage: 'cancelled' })).toEqual([]);
    expect(open(made({ can: ['read'] }), submitted)).toEqual([]);
  });

  it('are all where it is amended in place, once a person asks for it', () => {
    const inPlace = made({ amend: 'in_place' });
    expect(isChangedInPlace(inPlace, submitted)).toBe(true);
    expect(isChangedInPlace(made({ amend: 'in_place', can: ['write'] }), submitted)).toBe(false);
    expect(isChangedInPlace(made({ amend: 'new' }), submitted)).toBe(false);
    expect(open(inPlace, submitted)).toEqual(['note']);
    expect(open(inPlace, submitted, true)).toEqual(ALL);
  });
});

describe('what is sent of a saved document', () => {
  const doctype = made();
  const stored = { id: 1, version: 2, state: 'asked', stage: 'draft', day: '2026-11-21' };
  const saved = adopt(
    doctype,
    { ...stored, price: '5.00', lines: [{ id: 3, what: 'plough' }] },
    { nextKey: keyMaker(), chosen: true },
  );
  const field = (name: string) => {
    const found = doctype.tables['']?.fields[name];
    if (!found) throw new Error(`There is no field ${name}.`);
    return found;
  };

  it('is what is different, and neither rows nor fields that stayed', () => {
    const dear = setField(saved, [], field('price'), '1700.00');
    expect(documentBody(doctype, dear, saved)).toEqual({ id: 1, version: 2, price: '1700.00' });
    const back = setField(dear, [], field('price'), '5.00');
    expect(documentBody(doctype, back, saved)).toEqual({ id: 1, version: 2 });
    const emptied = setField(saved, [], field('price'), null);
    expect(documentBody(doctype, emptied, saved)).toEqual({ id: 1, version: 2, price: null });
  });

  it('has all rows of a table in which one is different', () => {
    const what = doctype.tables.lines?.fields.what;
    if (!what) throw new Error('There is no field what.');
    const other = setField(saved, [{ field: 'lines', index: 0 }], what, 'seed');
    const lines = [{ id: 3, what: 'seed' }];
    expect(documentBody(doctype, other, saved)).toEqual({ id: 1, version: 2, lines });
  });
});

describe('a submitted document in the form', () => {
  const doctype = made({ amend: 'in_place' });
  const reduce = documentReducer(doctype, keyMaker());
  const start = () => opened(doctype, { ...submitted, version: 2 }, keyMaker(), true);
  const note = doctype.tables['']?.fields.note;
  if (!note) throw new Error('There is no field note.');
  const noted = { kind: 'change', change: (row: Row) => setField(row, [], note, 'seen') } as const;
  const stored = { kind: 'loaded', document: { ...submitted, version: 3 } } as const;

  it('is shut again when its change is saved', () => {
    const amending = reduce(start(), { kind: 'amend' });
    expect(amending.isAmending).toBe(true);
    const sent = reduce(reduce(amending, noted), { kind: 'sent' });
    expect(reduce(sent, stored)).toMatchObject({ isAmending: false, changes: 0 });
  });

  it('keeps what was typed while it was saved', () => {
    const state = reduce(reduce(reduce(start(), { kind: 'sent' }), noted), stored);
    expect(state.document.note).toBe('seen');
    expect(state.changes).toBe(1);
  });
});
