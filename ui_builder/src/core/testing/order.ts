/** A small doctype for tests: an order with lines, tax rows below them, and totals. */
import { resolveMeta } from '../../meta/resolve';
import type { Doctype } from '../../meta/types';

const self = ['name', 'this', 'record'];
const own = (name: string, kind = 'number') => ['field', self, name, kind];
const sum = (table: string, field: string) => [
  'sum',
  ['pluck', own(table, 'rows'), null, field, 'number'],
];

const money = { type: 'money', scale: 2 };
const computed = { ...money, read_only: true };

const WIRE = {
  doctypes: {
    order: {
      name: 'Order',
      route: 'orders',
      submittable: true,
      can: ['read', 'write', 'create', 'submit'],
      title_field: 'number',
      layout: [{ title: 'Order', show: [['customer', 'due'], ['items'], ['discount', 'total']] }],
      tables: {
        '': {
          row_type: 'Order',
          fields: {
            customer: {
              type: 'link',
              required: true,
              link: [{ doctype: 'customer', route: 'customers' }],
            },
            due: { type: 'date', editable: true },
            port: { type: 'text', visible_if: ['==', own('kind', 'text'), ['text', 'export']] },
            kind: { type: 'choice', options: ['home', 'export'], default: 'home' },
            items: { type: 'table', table: 'items', required: true },
            discount: money,
            total: computed,
          },
        },
        items: {
          row_type: 'Order Line',
          fields: {
            item: {
              type: 'link',
              label: 'Item',
              required: true,
              link: [{ doctype: 'item', route: 'items' }],
            },
            quantity: { type: 'quantity', scale: 3, required: true, default: '1' },
            rate: { type: 'rate', scale: 6, editable: true },
            note: { type: 'text', default_reads: ['item'] },
            amount: computed,
            share: computed,
            taxes: { type: 'table', table: 'items.taxes', generated: true },
          },
        },
        'items.taxes': { row_type: 'Tax', generated: true, fields: { amount: computed } },
      },
      steps: [
        {
          kind: 'formula',
          path: 'items',
          field: 'rate',
          expression: ['fact', own('item', 'record'), ['Item'], 'price', 'number'],
          reads: [
            ['items', 'item', true],
            ['items', 'rate', true],
            ['', 'items', true],
          ],
        },
        {
          kind: 'formula',
          path: 'items',
          field: 'amount',
          expression: ['*', own('quantity'), own('rate')],
          reads: [
            ['items', 'quantity', true],
            ['items', 'rate', true],
            ['', 'items', true],
          ],
        },
        {
          kind: 'distribute',
          over: 'items',
          into: 'share',
          amount: own('discount'),
          weight: ['field', ['name', 'row', 'record'], 'amount', 'number'],
          reads: [
            ['', 'discount', true],
            ['items', 'amount', true],
            ['', 'items', true],
          ],
        },
        { kind: 'server', writes: [['items', 'taxes']] },
        {
          kind: 'formula',
          path: '',
          field: 'total',
          expression: sum('items', 'amount'),
          reads: [
            ['items', 'amount', true],
            ['', 'items', true],
          ],
        },
      ],
    },
  },
};

export function orderDoctype(): Doctype {
  const order = resolveMeta(WIRE).doctypes.order;
  if (!order) throw new Error('The test catalog has no doctype "order".');
  return order;
}

export const FACTS = { Item: { 7: { id: 7, price: '0.335' }, 8: { id: 8, price: '100' } } };

export const ITEM = { id: 7, title: 'Nail' };
export const OTHER = { id: 8, title: 'Hammer' };
