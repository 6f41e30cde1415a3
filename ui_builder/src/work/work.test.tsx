// @vitest-environment jsdom
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Task } from '../api/work';
import { MetaContext } from '../meta/MetaContext';
import { resolveMeta } from '../meta/resolve';
import { serve, show, strike } from '../ui/testing/stage';
import { StandInsPage } from './StandInsPage';
import { askedAs, figuresOf, TasksPage } from './TasksPage';

vi.setConfig({ testTimeout: 20_000 });
afterEach(strike);

const TASK: Task = {
  id: 1,
  doctype: 'order',
  label: 'Order',
  document: 7,
  title: 'PO1',
  transition_label: 'Approve',
  person: 'asha',
  role: '',
  place: '',
  since: '2026-11-21T10:00:00Z',
};
const meta = resolveMeta({
  user: { username: 'asha' },
  doctypes: { order: { name: 'Order', route: 'orders' } },
});

function open(page: () => ReactNode) {
  const router = createRouter({
    routeTree: createRootRoute({ component: page }),
    history: createMemoryHistory(),
  });
  show(
    <MetaContext value={meta}>
      <RouterProvider router={router as never} />
    </MetaContext>,
  );
}

describe('what waits for me', () => {
  it('leads to its documents, where I may read them', async () => {
    const hidden = { ...TASK, id: 2, doctype: 'secret', label: 'Secret', title: 'X1' };
    serve(() => ({ body: { tasks: [TASK, hidden] } }));
    open(TasksPage);
    const link = await screen.findByRole('link', { name: 'Order PO1' });
    expect(link.getAttribute('href')).toBe('/doc/order/7');
    expect(screen.queryByRole('link', { name: 'Secret X1' })).toBeNull();
    expect(screen.getByText('Secret X1')).not.toBeNull();
  });

  it('tells of a limit that was passed with both figures, and takes what was done about it', async () => {
    const breach = {
      name: 'Shelf: left',
      key: 'Item SOAP',
      measured: '-3',
      allowed: '0',
      said: 'Item SOAP: quantity 1 is there, 4 is wanted.',
      brought_by: 'till_1',
    };
    let tasks: Task[] = [{ ...TASK, transition_label: '', breach }];
    let refusal = 409;
    const sent = serve(({ method }) => {
      if (method !== 'POST') return { body: { tasks } };
      const status = refusal;
      refusal = 200;
      if (status === 200) tasks = [];
      return { status, body: { detail: 'Somebody else has seen to it meanwhile.' } };
    });
    open(TasksPage);
    await screen.findByText('Shelf: left, Item SOAP: -3, where 0 is allowed');
    fireEvent.click(screen.getByRole('button', { name: 'Done: Order PO1, Shelf: left' }));
    await screen.findByText(breach.said);
    const form = screen.getByRole('form', { name: 'Done' });
    fireEvent.submit(form);
    expect((await screen.findByRole('alert')).textContent).toBe('Say what was done about it.');
    expect(sent.some((call) => call.method === 'POST')).toBe(false);
    fireEvent.change(screen.getByLabelText('What was done about it'), {
      target: { value: ' Counted anew ' },
    });
    fireEvent.submit(form);
    await screen.findByText('Somebody else has seen to it meanwhile.');
    fireEvent.submit(form);
    await screen.findByText('Nothing waits for you.');
    const posts = sent.filter((call) => call.method === 'POST');
    expect(posts.map((call) => [call.url, call.body])).toEqual([
      ['/api/tasks/1/done', { note: 'Counted anew' }],
      ['/api/tasks/1/done', { note: 'Counted anew' }],
    ]);
  });

  it('says what was passed, of what or by itself', () => {
    const breach = { key: '', measured: '12', allowed: '10', said: '', brought_by: '' };
    expect(figuresOf({ ...breach, name: 'Large Bill' })).toBe(
      'Large Bill: 12, where 10 is allowed',
    );
  });

  it('may be nothing', async () => {
    serve(() => ({ body: { tasks: [] } }));
    open(TasksPage);
    await screen.findByText('Nothing waits for you.');
  });

  it('says who is asked, if it is not simply me', () => {
    expect(askedAs(TASK, 'asha')).toBe('');
    expect(askedAs(TASK, 'john')).toBe('asha');
    expect(askedAs({ ...TASK, person: '', role: 'Director' }, 'john')).toBe('Anybody of Director');
    expect(askedAs({ ...TASK, place: 'bina' }, 'asha')).toBe('in place of bina');
  });
});

describe('stand-ins', () => {
  const anna = { id: 4, stand_in: 'anna', from_date: '2026-11-01', to_date: '2026-11-30' };

  it('are named for a time, and removed', async () => {
    let named = [anna];
    const sent = serve(({ method }) => {
      if (method === 'DELETE') named = [];
      return { body: { stand_ins: named } };
    });
    open(StandInsPage);
    await screen.findByText('30-11-2026');
    fireEvent.click(screen.getByRole('button', { name: 'Name' }));
    expect(screen.getByRole('alert').textContent).toBe('Fill in who, from when and to when.');
    fireEvent.change(screen.getByLabelText('Log-in name'), { target: { value: 'anna ' } });
    fireEvent.click(screen.getByRole('button', { name: 'Name' }));
    await waitFor(() => expect(sent.at(-1)?.method).toBe('POST'));
    expect(sent.at(-1)?.body).toMatchObject({ stand_in: 'anna' });
    fireEvent.click(screen.getByRole('button', { name: 'Remove anna' }));
    await screen.findByText('Nobody stands in for you.');
    expect(sent.find((call) => call.method === 'DELETE')?.url).toBe('/api/stand-ins?id=4');
  });

  it('that are refused say why', async () => {
    serve(({ method }) =>
      method === 'POST'
        ? { status: 422, body: { detail: "There is no user 'nobody'." } }
        : { body: { stand_ins: [] } },
    );
    open(StandInsPage);
    fireEvent.change(await screen.findByLabelText('Log-in name'), { target: { value: 'nobody' } });
    fireEvent.click(screen.getByRole('button', { name: 'Name' }));
    expect((await screen.findByRole('alert')).textContent).toBe("There is no user 'nobody'.");
  });
});
