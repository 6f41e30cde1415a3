// @vitest-environment jsdom
import { RouterProvider } from '@tanstack/react-router';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MetaContext } from '../meta/MetaContext';
import { resolveMeta } from '../meta/resolve';
import { makeRouter } from '../shell/router';
import { SessionContext } from '../shell/SessionContext';
import { type Sent, serve, show, strike } from '../ui/testing/stage';
import { hindrance, offersOf } from './BulkBar';

vi.setConfig({ testTimeout: 20_000 });
afterEach(strike);
beforeEach(() => window.history.replaceState(null, '', '/doc/sale'));

const transition = (label: string) => ({ label, sources: ['draft'], to: 'x' });
const meta = resolveMeta({
  user: { username: 'asha' },
  doctypes: {
    sale: {
      name: 'Sale',
      plural: 'Sales',
      route: 'sales',
      submittable: true,
      title_field: 'about',
      list_fields: ['about'],
      can: ['read', 'write', 'submit', 'cancel'],
      tables: { '': { fields: { about: { type: 'text' } } } },
      transitions: { submit: transition('Submit'), cancel: transition('Cancel') },
      actions: {
        remind: {
          label: 'Remind',
          route: 'remind',
          bulk: true,
          later: true,
          ask: { '': { fields: { word: { type: 'text', required: true } } } },
        },
        alone: { label: 'Alone', route: 'alone', bulk: false },
      },
    },
    item: {
      name: 'Item',
      route: 'items',
      list_fields: ['code'],
      tables: { '': { fields: { code: {} } } },
    },
  },
});
const ROWS = Array.from({ length: 12 }, (_, place) => ({
  id: place + 1,
  number: `S${String(place + 1)}`,
  about: 'Soap',
  state: 'draft',
}));

function able(name: string, count: number, reasons: readonly object[] = []) {
  return { name, label: name, able: count, reasons };
}

function open(answers: (call: Sent) => { status?: number; body: unknown } | null): Sent[] {
  const sent = serve((call) => {
    const answer = answers(call);
    if (answer) return answer;
    if (call.url.startsWith('/api/tasks')) return { body: { tasks: [] } };
    if (call.url.startsWith('/api/sales/moves')) {
      const total = (call.body as { documents: number[] }).documents.length;
      const body = {
        total,
        transitions: [able('submit', total)],
        actions: [able('remind', total)],
      };
      return { body };
    }
    return { body: { rows: ROWS, next: null } };
  });
  const session = { company: null, choose: () => undefined, leave: async () => undefined };
  show(
    <SessionContext value={session}>
      <MetaContext value={meta}>
        <RouterProvider router={makeRouter()} />
      </MetaContext>
    </SessionContext>,
  );
  return sent;
}

const bar = () => screen.findByRole('toolbar', { name: 'Chosen documents' });
const press = async (name: string) => {
  const button = await within(await bar()).findByRole('button', { name });
  await waitFor(() => expect(button.getAttribute('aria-disabled')).toBe('false'));
  fireEvent.click(button);
};

describe('what can be done with several documents', () => {
  it('is known of the doctype: transitions, and actions that are for many', () => {
    const names = (key: string) => meta.doctypes[key]?.many.map((way) => way.name);
    expect(names('sale')).toEqual(['submit', 'cancel', 'remind']);
    expect(meta.doctypes.sale?.many[1]?.ask.map((field) => field.name)).toEqual(['reason']);
    expect(names('item')).toEqual([]);
  });

  it('says with how many of them it cannot, and why', () => {
    const { sale } = meta.doctypes;
    if (!sale) throw new Error('There is no sale.');
    const reasons = [{ message: 'It is cancelled.', count: 2 }];
    const [offer] = offersOf(sale, [able('alone', 3), able('submit', 1, reasons)] as never);
    if (!offer) throw new Error('Nothing is offered.');
    expect(offer.way.name).toBe('submit');
    expect(hindrance(offer, 3)).toBe('2 of 3: It is cancelled.');
    expect(hindrance(offer, 1)).toBe('');
  });
});

describe('a list', () => {
  it('is chosen from by keys', async () => {
    open(() => null);
    const links = await screen.findAllByRole('link', { name: /^S\d+$/ });
    links[1]?.focus();
    fireEvent.keyDown(links[1] as HTMLElement, { key: ' ' });
    expect((await bar()).textContent).toContain('1 chosen');
    fireEvent.keyDown(links[1] as HTMLElement, { key: 'ArrowDown', shiftKey: true });
    expect(document.activeElement).toBe(links[2]);
    fireEvent.keyDown(links[2] as HTMLElement, { key: 'ArrowDown', shiftKey: true });
    expect((await bar()).textContent).toContain('3 chosen');
    fireEvent.keyDown(links[3] as HTMLElement, { key: 'a', ctrlKey: true });
    expect((await bar()).textContent).toContain('12 chosen');
    const all = screen.getByRole('checkbox', { name: 'Choose all rows that are shown' });
    expect((all as HTMLInputElement).checked).toBe(true);
    fireEvent.keyDown(links[3] as HTMLElement, { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('toolbar')).toBeNull());
  });

  it('does one thing with all of them, in parts, and says what became of each', async () => {
    const sent = open(({ url, body }) => {
      if (!url.startsWith('/api/sales/submit')) return null;
      const ids = (body as { documents: number[] }).documents;
      const results = ids.map((id) =>
        id === 11
          ? {
              id,
              status: 400,
              problem: { detail: 'No.', problems: [{ message: 'Too dear.', hint: 'Ask Hari.' }] },
              answer: { error: 'No money', details: { left: '5.00' } },
            }
          : { id, status: id === 12 ? 202 : 200, answer: { state: 'x', moved: id !== 12 } },
      );
      return { body: { results } };
    });
    fireEvent.click(await screen.findByRole('checkbox', { name: /Choose all rows/ }));
    await press('Submit');
    const dialog = await screen.findByRole('dialog', { name: 'Submit: 12 Sales' });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Submit all 12' }));
    await within(dialog).findByText('12 of 12: 11 done, 1 refused');
    const parts = sent.filter((call) => call.url === '/api/sales/submit');
    expect(parts.map((call) => (call.body as { documents: number[] }).documents.length)).toEqual([
      10, 2,
    ]);
    const outcome = within(dialog).getByRole('list', { name: 'What became of each' });
    const rows = within(outcome).getAllByRole('listitem');
    expect(rows[0]?.textContent).toBe('S1Done.');
    expect(rows[10]?.textContent).toContain('Too dear. Ask Hari.');
    expect(rows[10]?.textContent).toContain('No money');
    expect(rows[11]?.textContent).toBe('S12Noted; other consents are missing.');
    const link = within(rows[10] as HTMLElement).getByRole('link', { name: 'S11' });
    expect(link.getAttribute('href')).toBe('/doc/sale/11');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    expect((await bar()).textContent).toContain('1 chosen');
  });

  it('still tells what became of documents that have left the list', async () => {
    let isDone = false;
    open(({ url }) => {
      if (url.startsWith('/api/sales/submit')) {
        isDone = true;
        return { body: { results: [{ id: 1, status: 200, answer: { state: 'x', moved: true } }] } };
      }
      return isDone && url.startsWith('/api/sales?')
        ? { body: { rows: ROWS.slice(1), next: null } }
        : null;
    });
    fireEvent.click(await screen.findByRole('checkbox', { name: 'Choose S1' }));
    await press('Submit');
    const dialog = await screen.findByRole('dialog', { name: 'Submit: 1 Sale' });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Submit' }));
    await waitFor(() => expect(screen.queryByRole('checkbox', { name: 'Choose S1' })).toBeNull());
    expect(within(dialog).getByRole('listitem').textContent).toBe('S1Done.');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(screen.queryByRole('toolbar')).toBeNull());
  });

  it('keeps shut what some of them do not allow', async () => {
    const reasons = [{ message: 'It is cancelled.', count: 1 }];
    open(({ url }) =>
      url.startsWith('/api/sales/moves')
        ? { body: { total: 2, transitions: [able('submit', 1, reasons)], actions: [] } }
        : null,
    );
    for (const name of ['S1', 'S2'])
      fireEvent.click(await screen.findByRole('checkbox', { name: `Choose ${name}` }));
    const button = await within(await bar()).findByRole('button', { name: 'Submit' });
    expect(button.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(button);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('asks once, and follows what is done in the background', async () => {
    let asked = 0;
    const job = (state: string, done: number) => ({
      address: '/api/jobs/4',
      state,
      total: 2,
      error: '',
      results: [
        { id: 1, ok: true, answer: { message: 'Reminded' } },
        { id: 2, ok: false, detail: 'It is cancelled.' },
      ].slice(0, done),
    });
    const sent = open(({ url }) => {
      if (url.startsWith('/api/sales/remind')) return { status: 202, body: job('waiting', 0) };
      if (!url.startsWith('/api/jobs/4')) return null;
      asked += 1;
      return { body: asked < 2 ? job('running', 1) : job('finished', 2) };
    });
    for (const name of ['S1', 'S2'])
      fireEvent.click(await screen.findByRole('checkbox', { name: `Choose ${name}` }));
    await press('Remind');
    const dialog = await screen.findByRole('dialog', { name: 'Remind: 2 Sales' });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Remind all 2' }));
    expect(within(dialog).getByRole('alert').textContent).toBe('Fill in Word.');
    fireEvent.change(within(dialog).getByLabelText(/Word/), { target: { value: 'Please' } });
    fireEvent.blur(within(dialog).getByLabelText(/Word/));
    fireEvent.click(within(dialog).getByRole('button', { name: 'Remind all 2' }));
    await within(dialog).findByText('2 of 2: 1 done, 1 refused');
    expect(sent.find((call) => call.url === '/api/sales/remind')?.body).toEqual({
      word: 'Please',
      documents: [1, 2],
    });
    const rows = within(dialog).getAllByRole('listitem');
    expect(rows.map((row) => row.textContent)).toEqual(['S1Reminded', 'S2It is cancelled.']);
  });

  it('of what nothing can be done with at once has nothing to choose', async () => {
    window.history.replaceState(null, '', '/doc/item');
    open(() => ({ body: { rows: [{ id: 1, code: 'A' }], next: null } }));
    await screen.findByRole('link', { name: 'A' });
    expect(screen.queryByRole('checkbox')).toBeNull();
  });
});
