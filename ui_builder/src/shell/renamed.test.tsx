// @vitest-environment jsdom
import { RouterProvider } from '@tanstack/react-router';
import { screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { MetaContext } from '../meta/MetaContext';
import { resolveMeta } from '../meta/resolve';
import { serve, show, strike } from '../ui/testing/stage';
import { makeRouter } from './router';
import { SessionContext } from './SessionContext';

vi.setConfig({ testTimeout: 20_000 });
afterEach(strike);

const NOTE = {
  name: 'Note',
  plural: 'Notes',
  route: 'notes',
  former: ['letter'],
  can: ['read', 'write'],
  tables: { '': { fields: { about: { type: 'text' } } } },
};
const meta = resolveMeta({ user: { username: 'asha' }, doctypes: { note: NOTE } });

function open(address: string) {
  serve(({ url }) => ({
    body: url.includes('/api/notes/7') ? { id: 7, version: 1, about: 'Tax' } : { rows: [] },
  }));
  const router = makeRouter();
  window.history.replaceState(null, '', address);
  const session = { company: null, choose: () => undefined, leave: async () => undefined };
  show(
    <SessionContext value={session}>
      <MetaContext value={meta}>
        <RouterProvider router={router} />
      </MetaContext>
    </SessionContext>,
  );
}

it('leads a page of a former name to the present one, with what was asked', async () => {
  open('/doc/letter?search=tax');
  await screen.findByRole('heading', { name: 'Notes' });
  expect(window.location.pathname + window.location.search).toBe('/doc/note?search=tax');
});

it('leads a document there as well', async () => {
  open('/doc/letter/7');
  await waitFor(() => expect(window.location.pathname).toBe('/doc/note/7'));
  await screen.findByDisplayValue('Tax');
});

it('knows no page that was never called so', async () => {
  open('/doc/bill');
  await screen.findByText(/There is no such page/);
});
