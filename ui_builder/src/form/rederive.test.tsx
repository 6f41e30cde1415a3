// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { resolveMeta } from '../meta/resolve';
import { type Sent, serve, show, strike } from '../ui/testing/stage';
import { FormContext } from './FormContext';
import { isRederivable } from './FormHeader';
import { RederiveDialog } from './RederiveDialog';

vi.setConfig({ testTimeout: 20_000 });
afterEach(strike);

const items = { fields: { rate: { type: 'money', scale: 2, label: 'Rate' } } };
const fields = { items: { type: 'table', label: 'Items', table: 'items' } };
const wire = {
  name: 'Sale',
  route: 'sales',
  submittable: true,
  can: ['read', 'rederive'],
  tables: { '': { fields }, items },
};
const doctype = resolveMeta({ doctypes: { sale: wire } }).doctypes.sale;

const columns = [
  { name: 'head', label: 'Head', type: 'text' },
  { name: 'amount', label: 'Amount', type: 'money', scale: 2 },
];
const entries = [{ rule: 'spent', head: 'tea', amount: '10.00' }];
const difference = {
  version: 2,
  seen: 'first',
  nothing: false,
  fields: [{ path: 'items[0].rate', label: 'Rate', old: '100.00', new: '110.00' }],
  rows: [{ path: 'items[1]', is: 'gone', row: { rate: '7.00' } }],
  ledgers: { Spent: { label: 'Spent', columns, entries } },
  withheld: true,
  problems: [],
};

function open(answers: (call: Sent) => { status?: number; body: unknown }) {
  if (!doctype) throw new Error('There is no sale.');
  const sent = serve(answers);
  const onDone = vi.fn();
  const form = { doctype, document: { id: 7, version: 2 } };
  show(
    <FormContext value={form as never}>
      <RederiveDialog name="S1" onClose={() => 0} onDone={onDone} />
    </FormContext>,
  );
  return { sent, onDone };
}

describe('bringing a document under today’s rules', () => {
  it('is offered to those who may, once it is submitted', () => {
    if (!doctype) throw new Error('There is no sale.');
    const stages = ['draft', 'submitted', 'cancelled'];
    expect(stages.map((stage) => isRederivable(doctype, { stage }))).toEqual([false, true, false]);
    expect(isRederivable({ ...doctype, can: new Set() }, { stage: 'submitted' })).toBe(false);
  });

  it('shows what would be another, and does what was seen', async () => {
    const { sent, onDone } = open(({ method, url }) =>
      url.endsWith('/rederive') && method === 'GET'
        ? { body: difference }
        : { body: { id: 7, version: 3 } },
    );
    const table = await screen.findByRole('table', { name: 'Fields that change' });
    expect(table.textContent).toContain('Items, row 1, Rate100.00110.00');
    expect(screen.getByText('Items, row 2 goes')).toBeTruthy();
    expect(screen.getByRole('table', { name: 'Entries in Spent' }).textContent).toContain('10.00');
    expect(screen.getByText('There would be entries in books that you may not read.')).toBeTruthy();
    expect(sent.map((call) => call.method)).toEqual(['GET']);
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: 'new rates ' } });
    fireEvent.click(screen.getByRole('button', { name: 'Write the difference' }));
    await waitFor(() => expect(onDone).toHaveBeenCalledWith({ id: 7, version: 3 }));
    const post = sent.find((call) => call.method === 'POST' && call.url.endsWith('/rederive'));
    expect(post?.body).toEqual({ version: 2, seen: 'first', reason: 'new rates' });
  });

  it('shows it anew where something has moved since', async () => {
    let looks = 0;
    const now = {
      ...difference,
      seen: 'second',
      fields: [{ ...difference.fields[0], new: '120.00' }],
    };
    const { sent, onDone } = open(({ method, url, body }) => {
      if (method === 'GET' && url.endsWith('/rederive')) {
        looks += 1;
        return { body: looks === 1 ? difference : now };
      }
      const isOld = (body as { seen?: string } | null)?.seen === 'first';
      return isOld
        ? { status: 409, body: { code: 'document.difference', detail: 'Look at it again.' } }
        : { body: { id: 7, version: 3 } };
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Write the difference' }));
    expect((await screen.findByRole('alert')).textContent).toBe('Look at it again.');
    await screen.findByText('120.00');
    expect(onDone).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole('button', { name: 'Write the difference' }));
    await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
    const seen = sent.flatMap((call) => (call.body as { seen?: string } | null)?.seen ?? []);
    expect(seen).toEqual(['first', 'second']);
  });

  it('cannot be done where something stands in the way, or nothing would be another', async () => {
    const problem = {
      code: 'period.closed',
      path: 'day',
      message: 'It is closed.',
      hint: 'Later.',
    };
    open(() => ({ body: { ...difference, problems: [problem] } }));
    await screen.findByText('It is closed. Later.');
    expect(screen.queryByRole('button', { name: 'Write the difference' })).toBeNull();
    strike();
    open(() => ({ body: { ...difference, nothing: true, fields: [], rows: [], ledgers: {} } }));
    await screen.findByText(/^Nothing would be another/);
    expect(screen.queryByRole('button', { name: 'Write the difference' })).toBeNull();
  });
});
