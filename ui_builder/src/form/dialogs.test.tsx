// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { resolveMeta } from '../meta/resolve';
import { serve, show, strike } from '../ui/testing/stage';
import { afterSubmit } from './dialogs';
import { remarkOn } from './EffectsPanel';
import { FormContext } from './FormContext';
import { WayDialog } from './Ways';

vi.setConfig({ testTimeout: 20_000 });
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
    const moved = [{ doctype: 'sale', id: 7, state: 'held', label: 'Held', version: 3 }];
    const sent = serve(() => ({ status: 422, body: { detail: 'Too early.', problems, moved } }));
    const onMoved = vi.fn();
    const open = { doctype, document: { id: 7, version: 2 } };
    show(
      <FormContext value={open as never}>
        <WayDialog
          way={close}
          confirm="Close S1 for good?"
          onClose={() => 0}
          onDone={() => 0}
          onMoved={onMoved}
        />
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
    expect(onMoved).toHaveBeenCalledOnce();
  });
});

describe('what is said before a document is submitted', () => {
  const said = (amend: string, fields: Record<string, unknown> = {}) => {
    const wire = { name: 'Sale', submittable: true, amend, tables: { '': { fields } } };
    const { sale } = resolveMeta({ doctypes: { sale: wire } }).doctypes;
    if (!sale) throw new Error('There is no sale.');
    return afterSubmit(sale);
  };

  it('is true of its kind', () => {
    expect(said('none')).toBe('After that it can be cancelled, but no longer changed.');
    expect(said('in_place')).toContain('amended, which posts the difference');
    expect(said('new')).toContain('puts another in its place');
    expect(said('none', { note: { type: 'text', after_submit: true } })).toMatch(
      /no longer changed\. Note stays open\.$/,
    );
  });
});

describe('what it posted', () => {
  it('is never said to be nothing where entries are withheld', () => {
    expect(remarkOn(0, false, false)).toBe('It wrote nothing into any ledger.');
    expect(remarkOn(0, false, true)).toBe('There are entries in books that you may not read.');
    expect(remarkOn(2, false, true)).toBe('There are entries in books that you may not read.');
    expect(remarkOn(2, false, false)).toBeNull();
    expect(remarkOn(0, true, false)).toBe('Nothing yet.');
    expect(remarkOn(0, true, true)).toBe('There would be entries in books that you may not read.');
  });
});
