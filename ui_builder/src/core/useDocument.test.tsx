// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Row, rowsOf } from '../api/values';
import type { Field } from '../meta/types';
import { FACTS, ITEM, orderDoctype } from './testing/order';
import { useDocument } from './useDocument';
import { useDocumentActions } from './useDocumentActions';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly headers: Record<string, string>;
}

const doctype = orderDoctype();
const first = [{ field: 'items', index: 0 }];

function lineField(name: string): Field {
  const field = doctype.tables.items?.fields[name];
  if (!field) throw new Error(`There is no field ${name}.`);
  return field;
}

let asked: Asked[] = [];
let answer: (call: Asked) => { status: number; body: unknown };

beforeEach(() => {
  vi.useFakeTimers();
  // biome-ignore lint/suspicious/noDocumentCookie: the client reads the token from the cookie, as Django sets it
  document.cookie = 'csrftoken=token';
  asked = [];
  answer = () => ({ status: 200, body: { document: {}, entries: {}, problems: [], facts: FACTS } });
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const call = {
      method: init.method ?? 'GET',
      url,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : null,
      headers: init.headers as Record<string, string>,
    };
    asked.push(call);
    const { status, body } = answer(call);
    return new Response(JSON.stringify(body), {
      status,
      headers: { 'Content-Type': 'application/json' },
    });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

async function openOrder(initial: Row = { items: [] }) {
  const hook = renderHook(() => useDocument(doctype, initial));
  await pass(0);
  return hook;
}

describe('a document in hand', () => {
  it('asks once for what was typed in quick succession, 300 ms after the last key', async () => {
    const { result } = await openOrder();
    expect(asked).toHaveLength(1);
    act(() => result.current.editing.set(first, lineField('item'), ITEM));
    await pass(200);
    act(() => result.current.editing.set(first, lineField('quantity'), '4'));
    await pass(299);
    expect(asked).toHaveLength(1);
    await pass(1);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toMatchObject({
      url: '/api/orders/preview',
      body: { items: [{ item: 7, quantity: '4' }] },
      headers: { 'X-CSRFToken': 'token' },
    });
  });

  it('shows its totals at once, before the server has answered', async () => {
    const { result } = await openOrder();
    act(() => result.current.editing.set(first, lineField('item'), ITEM));
    act(() => result.current.editing.set(first, lineField('quantity'), '4'));
    expect(rowsOf(result.current.document, 'items')[0]?.amount).toBe('1.34');
    expect(result.current.isDirty).toBe(true);
  });

  it('marks the fields that the server finds fault with', async () => {
    const { result } = await openOrder();
    const problems = [{ code: 'limit', path: 'items[0].quantity', message: 'Only 3 are there.' }];
    answer = () => ({ status: 200, body: { document: {}, entries: {}, problems, facts: FACTS } });
    act(() => result.current.editing.set(first, lineField('quantity'), '4'));
    await pass(300);
    expect(result.current.findings.get('items[0].quantity')?.[0]?.message).toBe(
      'Only 3 are there.',
    );
  });

  it('that is submitted with a field kept open asks nothing, and says what changed', async () => {
    const table = doctype.tables[''];
    const due = table?.fields.due;
    if (!table || !due) throw new Error('There is no field due.');
    const late = { ...due, computed: false, editable: false, afterSubmit: true };
    const tables = { ...doctype.tables, '': { ...table, fields: { ...table.fields, due: late } } };
    const initial = { id: 3, version: 1, state: 'submitted', kind: 'home', items: [{ id: 4 }] };
    const { result } = renderHook(() => useDocument({ ...doctype, tables }, initial));
    await pass(1000);
    expect(result.current.isLocked).toBe(false);
    expect(['due', 'kind'].map(result.current.isOpen)).toEqual([true, false]);
    act(() => result.current.editing.set([], late, '2026-11-21'));
    await pass(1000);
    expect(asked).toHaveLength(0);
    expect(result.current.isDirty).toBe(true);
    expect(result.current.body()).toEqual({ id: 3, version: 1, due: '2026-11-21' });
  });

  it('of a submitted kind is locked and asks nothing', async () => {
    const { result } = await openOrder({ id: 3, state: 'submitted', items: [] });
    await pass(1000);
    expect(result.current.isLocked).toBe(true);
    expect(asked).toHaveLength(0);
  });
});

describe('saving', () => {
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>
  );
  const openWithActions = async (initial: Row) => {
    const hook = renderHook(
      () => {
        const open = useDocument(doctype, initial);
        return { open, actions: useDocumentActions(open) };
      },
      { wrapper },
    );
    await pass(0);
    asked = [];
    return hook;
  };
  const save = (result: {
    readonly current: { readonly actions: { save(): Promise<Row | null> } };
  }) =>
    act(async () => {
      const saving = result.current.actions.save();
      await vi.advanceTimersByTimeAsync(10);
      await saving;
    });

  it('sends the same key for the same body again, and another for another', async () => {
    const { result } = await openWithActions({ items: [] });
    answer = () => ({ status: 503, body: { detail: 'The database is busy.' } });
    act(() => result.current.open.editing.set(first, lineField('item'), ITEM));
    await save(result);
    expect(result.current.actions.failure).toBe('The database is busy.');
    await save(result);
    act(() => result.current.open.editing.set(first, lineField('quantity'), '2'));
    await save(result);
    const keys = asked
      .filter((call) => call.url === '/api/orders')
      .map((call) => call.headers['Idempotency-Key']);
    expect(keys).toHaveLength(3);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('says when somebody else changed the document meanwhile', async () => {
    const { result } = await openWithActions({
      id: 3,
      version: 4,
      state: 'draft',
      items: [{ id: 5, item: ITEM }],
    });
    answer = (call) =>
      call.method === 'PATCH'
        ? { status: 409, body: { detail: 'It was changed meanwhile.' } }
        : { status: 200, body: {} };
    act(() => result.current.open.editing.set(first, lineField('quantity'), '2'));
    await save(result);
    const sent = asked.find((call) => call.method === 'PATCH');
    expect(sent).toMatchObject({
      url: '/api/orders/3',
      body: { version: 4, items: [{ id: 5, item: 7, quantity: '2' }] },
    });
    expect(result.current.actions).toMatchObject({
      failure: 'It was changed meanwhile.',
      isStale: true,
    });
    expect(result.current.open.isDirty).toBe(true);
  });
});
