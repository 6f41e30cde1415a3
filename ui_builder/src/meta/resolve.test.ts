import { describe, expect, it } from 'vitest';
import { resolveField, resolveMeta } from './resolve';

describe('the client catalog', () => {
  it('is whole even where the wire says little', () => {
    const meta = resolveMeta({
      doctypes: { item_group: { tables: { '': { fields: { code: {} } } } } },
    });
    const doctype = meta.doctypes.item_group;
    expect(doctype).toMatchObject({
      name: 'Item group',
      submittable: false,
      makeFrom: [],
      route: '',
    });
    expect(doctype?.layout).toEqual([{ title: '', show: [['code']], visibleIf: null }]);
    expect(resolveMeta(null)).toMatchObject({ menu: [], doctypes: {} });
  });

  it('tells who writes a field', () => {
    expect(
      resolveField('total', { type: 'money', read_only: true, formula: ['null'] }),
    ).toMatchObject({ computed: true, readOnly: true });
    expect(resolveField('rate', { type: 'rate', editable: true, read_only: true })).toMatchObject({
      computed: true,
      readOnly: false,
    });
    expect(resolveField('due_date', {})).toMatchObject({ label: 'Due date', computed: false });
  });

  it('finds menu items by route or key and leaves out what leads nowhere', () => {
    const meta = resolveMeta({
      doctypes: { sales_invoice: { route: 'sales/invoices' } },
      reports: { trial_balance: {} },
      menu: {
        Selling: [
          { label: 'Invoices', kind: 'doctype', target: 'sales/invoices' },
          { label: 'Gone', kind: 'doctype', target: 'gone' },
        ],
        Accounts: [{ label: 'Trial Balance', kind: 'report', target: 'trial_balance' }],
        Empty: [],
      },
    });
    expect(
      meta.menu.map((group) => [group.module, group.items.map((item) => item.target)]),
    ).toEqual([
      ['Selling', ['sales_invoice']],
      ['Accounts', ['trial_balance']],
    ]);
  });
});
