// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { client } from '../api/client';
import { MetaContext } from '../meta/MetaContext';
import { resolveMeta } from '../meta/resolve';
import { serve, show, strike } from '../ui/testing/stage';
import { PassDialog } from './PassDialog';

vi.setConfig({ testTimeout: 20_000 });
afterEach(strike);

const REFUSED = {
  code: 'limit.exceeded',
  detail: 'Hard Spend: it would be 9000.00; 5000.00 at most is allowed.',
  answer: { error: 'No money', details: { left: '100.00' } },
  problems: [
    {
      code: 'limit.hard_spend',
      path: '',
      message: 'Hard Spend: it would be 9000.00; 5000.00 at most is allowed.',
      hint: '',
      action: 'refuse',
      pass: { limit: 'hard_spend', roles: ['Accountant'] },
    },
  ],
};

function spending(limits: unknown) {
  const sent = serve(({ headers }) =>
    headers.has('X-Pass') ? { body: { id: 1 } } : { status: 400, body: REFUSED },
  );
  show(
    <MetaContext value={resolveMeta({ limits })}>
      <PassDialog />
    </MetaContext>,
  );
  return sent;
}

const LIMITS = {
  hard_spend: {
    label: 'Hard Spend',
    ask: { '': { fields: { reason: { type: 'text', label: 'Reason', required: true } } } },
  },
};

describe('a limit that may be passed', () => {
  it('asks what it asks, and is passed with the answers', async () => {
    const sent = spending(LIMITS);
    const done = client.call('spends/1/submit', { headers: { 'Idempotency-Key': 'k' } });
    await screen.findByText('Go beyond Hard Spend?');
    fireEvent.click(screen.getByRole('button', { name: 'Go on knowingly' }));
    expect(screen.getByRole('alert').textContent).toBe('Fill in: Reason.');
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: 'Alter Freund für ₹' } });
    fireEvent.click(screen.getByRole('button', { name: 'Go on knowingly' }));
    expect(await done).toEqual({ id: 1 });
    const header = sent[1]?.headers.get('X-Pass') ?? '';
    expect(header).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(header)).toEqual({ hard_spend: { reason: 'Alter Freund für ₹' } });
    expect(sent[1]?.headers.get('Idempotency-Key')).toBe('k');
  });

  it('stands where the person goes back', async () => {
    const sent = spending(LIMITS);
    const done = client.call('spends').catch((error: unknown) => error);
    await screen.findByText('Go beyond Hard Spend?');
    fireEvent.click(screen.getByRole('button', { name: 'Go back' }));
    expect(await done).toMatchObject({ code: 'limit.exceeded' });
    expect(sent).toHaveLength(1);
  });

  it('stands where the person may not, and says who may', async () => {
    spending({});
    const failure = await client.call('spends').catch((error: unknown) => error);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(failure).toMatchObject({
      problems: [
        { message: 'No money.', hint: 'Left: 100.00' },
        { hint: 'Accountant may go beyond it knowingly.' },
      ],
    });
  });
});
