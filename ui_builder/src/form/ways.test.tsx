// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { resolveMeta } from '../meta/resolve';
import { isAmendable } from './FormHeader';
import { sentenceFor } from './HistoryPanel';
import { hintOf, offers } from './Ways';

const meta = resolveMeta({
  doctypes: {
    order: {
      name: 'Order',
      submittable: true,
      tables: { '': { fields: {} } },
      transitions: {
        request: { label: 'Request', ask: null },
        send_back: {
          label: 'Send back',
          ask: { '': { fields: { reason: { type: 'text', label: 'Reason', required: true } } } },
        },
      },
      actions: { pay: { label: 'Pay', route: 'payment', method: 'put', ask: null } },
    },
    bill: {
      name: 'Bill',
      submittable: true,
      tables: { '': { fields: {} } },
      transitions: { submit: { label: 'Submit' }, cancel: { label: 'Cancel' } },
      actions: {},
    },
  },
});
const order = meta.doctypes.order;
const bill = meta.doctypes.bill;
const possible = { name: 'request', label: 'Request', ok: true, offered: true, reasons: [] };

describe('the buttons of a document', () => {
  it('are its transitions and actions, with what they ask', () => {
    expect(order?.hasWorkflow).toBe(true);
    expect(order?.ways.map((way) => [way.name, way.route, way.method])).toEqual([
      ['request', 'request', 'POST'],
      ['send_back', 'send_back', 'POST'],
      ['pay', 'payment', 'PUT'],
    ]);
    expect(order?.ways[1]?.ask.map((field) => [field.name, field.required])).toEqual([
      ['reason', true],
    ]);
  });

  it('stay as they were where there is no workflow of its own', () => {
    expect([bill?.hasWorkflow, bill?.ways]).toEqual([false, []]);
  });

  it('are shown when they are offered, and say why they cannot be pressed', () => {
    if (!order) throw new Error('There is no order.');
    const reasons = [{ code: 'move.role', message: 'Request takes the role Buyer.' }];
    const shown = offers(order, [
      { ...possible, ok: false, reasons, waiting: [] },
      { ...possible, name: 'pay', offered: false, waiting: [] },
      { ...possible, name: 'gone', waiting: [] },
    ]);
    expect(shown.map((offer) => [offer.way.name, hintOf(offer)])).toEqual([
      ['request', 'Request takes the role Buyer.'],
    ]);
  });

  it('say whose consent is missing', () => {
    if (!order) throw new Error('There is no order.');
    const waiting = [
      { need: 'owners', people: ['asha'], roles: [], count: 1 },
      { need: 'band', people: [], roles: ['Director'], count: 2 },
    ];
    const [offer] = offers(order, [{ ...possible, waiting }]);
    expect(offer && hintOf(offer)).toBe('Waits for: asha, Director');
    expect(offer && hintOf(offer, true)).toBe('Save what you typed first.');
  });
});

describe('another document in the place of one', () => {
  const given = { name: 'Bill', submittable: true, amend: 'new', tables: { '': { fields: {} } } };
  const known = resolveMeta({ doctypes: { bill: { ...given, can: ['create', 'cancel'] } } });
  it('is offered once it is submitted or cancelled', () => {
    const doctype = known.doctypes.bill;
    if (!doctype) throw new Error('There is no bill.');
    const stages = ['draft', 'submitted', 'cancelled'];
    expect(stages.map((stage) => isAmendable(doctype, { stage }))).toEqual([false, true, true]);
    expect(isAmendable({ ...doctype, amend: 'in_place' }, { stage: 'submitted' })).toBe(false);
    expect(isAmendable({ ...doctype, can: new Set() }, { stage: 'submitted' })).toBe(false);
  });
});

describe('the history of a document', () => {
  it('says who did what, and in whose place', () => {
    const at = '2026-11-21T10:00:00Z';
    const changes = { transition: 'approve', for: 'bina' };
    expect(sentenceFor({ action: 'consent', by: 'hari', at, reason: '', changes })).toBe(
      'Consent to approve in place of bina',
    );
    expect(sentenceFor({ action: 'send_back', by: 'asha', at, reason: 'Late', changes: {} })).toBe(
      'Send back: Late',
    );
  });
});
