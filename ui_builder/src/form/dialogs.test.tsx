// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { resolveMeta } from '../meta/resolve';
import { serve, show, strike } from '../ui/testing/stage';
import { FormContext } from './FormContext';
import { WayDialog } from './Ways';

afterEach(strike);

const meta = resolveMeta({
  doctypes: { sale: { name: 'Sale', route: 'sales', actions: { close: { label: 'Close' } } } },
});

describe('what is done by a button', () => {
  it('shows what the person is asked before it is done, and what stands in the way', async () => {
    const doctype = meta.doctypes.sale;
    const [close] = doctype?.ways ?? [];
    if (!doctype || !close) throw new Error('There is no way to close.');
    const problems = [{ message: 'Too early.', hint: 'Wait a day.' }, { message: 'Too dear.' }];
    const sent = serve(() => ({ status: 422, body: { detail: 'Too early.', problems } }));
    const open = { doctype, document: { id: 7, version: 2 } };
    show(
      <FormContext value={open as never}>
        <WayDialog way={close} confirm="Close S1 for good?" onClose={() => 0} onDone={() => 0} />
      </FormContext>,
    );
    await screen.findByText('Close S1 for good?');
    expect(sent).toHaveLength(0);
    fireEvent.click(screen.getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(screen.getAllByRole('alert')).toHaveLength(2));
    expect(screen.getAllByRole('alert').map((one) => one.textContent)).toEqual([
      'Too early. Wait a day.',
      'Too dear.',
    ]);
    expect(sent.at(-1)).toMatchObject({ method: 'POST', url: '/api/sales/7/close' });
  });
});
