/** The client catalog of a small trading company, in the shape of `GET /api/meta`; for development only. */
type Wire = Record<string, unknown>;

const self = ['name', 'this', 'record'];
const own = (name: string, kind = 'number') => ['field', self, name, kind];
const rows = (name: string) => own(name, 'rows');
const sum = (table: string, field: string) => [
  'sum',
  ['pluck', rows(table), null, field, 'number'],
];
const or0 = (tree: unknown) => ['call', 'coalesce', tree, ['number', '0']];
const times = (a: unknown, b: unknown) => ['*', a, b];
const round = (tree: unknown, places: number) => [
  'call',
  'round',
  tree,
  ['number', String(places)],
];

const text = (label: string, more: Wire = {}): Wire => ({ type: 'text', label, ...more });
const money = (label: string, more: Wire = {}): Wire => ({
  type: 'money',
  label,
  scale: 2,
  ...more,
});
const done = (label: string, formula: unknown, more: Wire = {}): Wire =>
  money(label, { read_only: true, formula, ...more });
const link = (label: string, doctype: string, route: string, more: Wire = {}): Wire => ({
  type: 'link',
  label,
  link: [{ doctype, route }],
  ...more,
});
const date = (label: string, more: Wire = {}): Wire => ({ type: 'date', label, ...more });

const ALL = ['read', 'write', 'create', 'delete', 'submit', 'cancel', 'report', 'export'];

function master(key: string, name: string, plural: string, fields: Wire, more: Wire = {}): Wire {
  return {
    key,
    name,
    label: name,
    plural,
    route: plural.toLowerCase().replaceAll(' ', '-'),
    module: 'Setup',
    child: false,
    submittable: false,
    title_field: 'name',
    search: ['code', 'name'],
    list_fields: ['code', 'name'],
    date: null,
    company: 'shared',
    can: ALL,
    tables: { '': { row_type: name, parent: null, fields } },
    steps: [],
    layout: [],
    make_from: [],
    ...more,
  };
}

const code = {
  code: text('Code', { length: 20 }),
  name: text('Name', { required: true, length: 140 }),
};

const customer = master(
  'customer',
  'Customer',
  'Customers',
  {
    ...code,
    category: {
      type: 'choice',
      label: 'GST category',
      required: true,
      options: ['registered', 'unregistered', 'sez', 'overseas'],
      default: 'registered',
    },
    gstin: {
      type: 'text',
      label: 'GSTIN',
      length: 15,
      required_if: [
        'in',
        own('category', 'text'),
        ['list', ['text', 'registered'], ['text', 'sez']],
      ],
      visible_if: ['!=', own('category', 'text'), ['text', 'overseas']],
    },
    gst_state: link('State', 'state', 'states', {
      help: 'The place of supply, unless the invoice says otherwise.',
    }),
    credit_days: { type: 'integer', label: 'Credit days', default: 0 },
    credit_limit: money('Credit limit'),
    phone: { type: 'phone', label: 'Phone' },
    email: { type: 'email', label: 'E-mail' },
    since: date('Customer since'),
    disabled: { type: 'boolean', label: 'Disabled' },
    remarks: { type: 'long_text', label: 'Remarks' },
    outstanding: money('Outstanding', { read_only: true }),
    addresses: { type: 'table', label: 'Addresses', table: 'addresses' },
  },
  {
    module: 'Selling',
    list_fields: ['code', 'name', 'gst_state', 'gstin', 'outstanding'],
    search: ['code', 'name', 'gstin'],
    layout: [
      {
        title: 'Customer',
        show: [['code', 'name'], ['category', 'gstin'], ['gst_state', 'since'], ['disabled']],
      },
      { title: 'Terms', show: [['credit_days', 'credit_limit', 'outstanding']] },
      { title: 'Where', show: [['phone', 'email'], ['remarks'], ['addresses']] },
    ],
  },
);
(customer.tables as Wire).addresses = {
  row_type: 'Address',
  parent: '',
  fields: {
    kind: {
      type: 'choice',
      label: 'Kind',
      options: ['billing', 'shipping'],
      default: 'billing',
      required: true,
    },
    line: text('Street', { required: true }),
    city: text('City', { required: true }),
    pincode: { type: 'text', label: 'PIN code', length: 6 },
  },
};

const invoiceSteps = [
  {
    kind: 'formula',
    path: 'items',
    field: 'rate',
    expression: ['fact', own('item', 'record'), ['item'], 'standard_price', 'number'],
  },
  {
    kind: 'formula',
    path: 'items',
    field: 'gross',
    expression: times(own('quantity'), own('rate')),
  },
  {
    kind: 'formula',
    path: 'items',
    field: 'amount',
    expression: [
      '-',
      own('gross'),
      round(['/', times(own('gross'), or0(own('discount_percent'))), ['number', '100']], 2),
    ],
  },
  {
    kind: 'distribute',
    over: 'items',
    into: 'discount_share',
    amount: or0(own('discount')),
    weight: ['field', ['name', 'row', 'record'], 'amount', 'number'],
  },
  { kind: 'server', key: 'tax' },
  { kind: 'formula', path: 'items', field: 'tax', expression: sum('taxes', 'amount') },
  {
    kind: 'formula',
    path: 'items',
    field: 'total',
    expression: ['+', or0(own('taxable')), own('tax')],
  },
  { kind: 'formula', path: '', field: 'net_total', expression: sum('items', 'taxable') },
  { kind: 'formula', path: '', field: 'tax_total', expression: sum('items', 'tax') },
  {
    kind: 'formula',
    path: '',
    field: 'rounding',
    expression: [
      'if',
      own('round_off', 'boolean'),
      [
        '-',
        ['-', round(['+', own('net_total'), own('tax_total')], 0), own('net_total')],
        own('tax_total'),
      ],
      ['number', '0'],
    ],
  },
  {
    kind: 'formula',
    path: '',
    field: 'grand_total',
    expression: ['+', ['+', own('net_total'), own('tax_total')], own('rounding')],
  },
];

const salesInvoice: Wire = {
  key: 'sales_invoice',
  name: 'Sales Invoice',
  label: 'Sales Invoice',
  plural: 'Sales Invoices',
  route: 'sales/invoices',
  module: 'Selling',
  child: false,
  submittable: true,
  title_field: 'customer',
  search: ['number'],
  date: 'posting_date',
  company: 'required',
  can: ALL,
  list_fields: ['number', 'posting_date', 'customer', 'grand_total', 'outstanding', 'state'],
  tables: {
    '': {
      row_type: 'Sales Invoice',
      parent: null,
      fields: {
        customer: link('Customer', 'customer', 'customers', { required: true }),
        posting_date: date('Posting date', { required: true }),
        due_date: date('Due date', { editable: true }),
        place_of_supply: link('Place of supply', 'state', 'states', { editable: true }),
        warehouse: link('Warehouse', 'warehouse', 'warehouses', {
          help: 'Of lines that name no other.',
        }),
        export_port: text('Port', {
          visible_if: ['==', own('zero_rated', 'text'), ['text', 'lut']],
        }),
        zero_rated: {
          type: 'choice',
          label: 'Zero rated',
          options: ['none', 'lut', 'with_payment'],
          default: 'none',
        },
        items: { type: 'table', label: 'Items', table: 'items', required: true },
        discount: money('Discount', { help: 'On the whole document, shared over its lines.' }),
        round_off: { type: 'boolean', label: 'Round off', default: true },
        net_total: done('Net total', null),
        tax_total: done('Tax total', null),
        rounding: done('Rounding', null),
        grand_total: done('Grand total', null),
        outstanding: done('Outstanding', null),
        remarks: { type: 'long_text', label: 'Remarks' },
      },
    },
    items: {
      row_type: 'Sales Line',
      parent: '',
      list_fields: [
        'item',
        'quantity',
        'unit',
        'rate',
        'discount_percent',
        'taxable',
        'tax',
        'total',
      ],
      fields: {
        item: link('Item', 'item', 'items', { required: true }),
        description: text('Description'),
        hsn: text('HSN or SAC'),
        quantity: { type: 'quantity', label: 'Quantity', scale: 3, required: true, default: '1' },
        unit: link('Unit', 'unit', 'units', { required: true }),
        rate: { type: 'rate', label: 'Rate', scale: 6, editable: true, required: true },
        discount_percent: { type: 'percent', label: 'Discount percent', scale: 4 },
        warehouse: link('Warehouse', 'warehouse', 'warehouses'),
        gst_percent: { type: 'percent', label: 'GST percent', scale: 4, editable: true },
        gross: done('Gross', null),
        amount: done('Amount', null),
        discount_share: done('Discount share', null),
        taxable: done('Taxable', null),
        tax: done('Tax', null),
        total: done('Total', null),
        taxes: { type: 'table', label: 'Taxes', table: 'items.taxes', generated: true },
      },
    },
    'items.taxes': {
      row_type: 'Tax Line',
      parent: 'items',
      generated: true,
      fields: {
        component: text('Component', { read_only: true }),
        rate: { type: 'percent', label: 'Rate', scale: 4, read_only: true },
        base: done('Base', null),
        amount: done('Amount', null),
        collected: { type: 'boolean', label: 'Collected', read_only: true },
      },
    },
  },
  steps: invoiceSteps,
  layout: [
    {
      title: 'Invoice',
      show: [
        ['customer', 'posting_date'],
        ['place_of_supply', 'due_date'],
        ['warehouse', 'zero_rated', 'export_port'],
      ],
    },
    { title: 'Items', show: [['items'], ['discount', 'round_off']] },
    {
      title: 'Totals',
      show: [['net_total', 'tax_total'], ['rounding', 'grand_total'], ['outstanding']],
    },
    { title: 'More', show: [['remarks']] },
  ],
  make_from: [],
};

const payment: Wire = {
  key: 'payment',
  name: 'Payment',
  label: 'Payment',
  plural: 'Payments',
  route: 'payments',
  module: 'Accounts',
  child: false,
  submittable: true,
  title_field: 'party',
  search: ['number'],
  date: 'posting_date',
  company: 'required',
  can: ALL,
  list_fields: ['number', 'posting_date', 'party', 'amount', 'state'],
  tables: {
    '': {
      row_type: 'Payment',
      parent: null,
      fields: {
        kind: {
          type: 'choice',
          label: 'Kind',
          options: ['receive', 'pay'],
          required: true,
          default: 'receive',
        },
        posting_date: date('Posting date', { required: true }),
        party: {
          type: 'link',
          label: 'Party',
          required: true,
          link: [
            { doctype: 'customer', route: 'customers' },
            { doctype: 'supplier', route: 'suppliers' },
          ],
        },
        account: link('Bank or cash account', 'account', 'accounts', { required: true }),
        amount: money('Amount', { required: true }),
        received_at: { type: 'datetime', label: 'Received at' },
        at: { type: 'time', label: 'Time' },
        reference: text('Reference'),
      },
    },
  },
  steps: [],
  layout: [
    {
      title: 'Payment',
      show: [
        ['kind', 'posting_date'],
        ['party', 'account'],
        ['amount', 'reference'],
        ['received_at', 'at'],
      ],
    },
  ],
  make_from: [{ source: 'sales_invoice', route: 'sales/invoices' }],
};

const doctypes: Wire = {
  customer,
  supplier: master('supplier', 'Supplier', 'Suppliers', code, { module: 'Buying' }),
  item: master(
    'item',
    'Item',
    'Items',
    {
      ...code,
      hsn: { type: 'text', label: 'HSN' },
      stock_unit: link('Unit', 'unit', 'units', { required: true }),
      standard_price: { type: 'rate', label: 'Standard price', scale: 6 },
      gst_percent: { type: 'percent', label: 'GST percent', scale: 4 },
      is_stocked: { type: 'boolean', label: 'Is stocked', default: true },
    },
    { module: 'Stock', list_fields: ['code', 'name', 'hsn', 'standard_price', 'is_stocked'] },
  ),
  unit: master('unit', 'Unit', 'Units', code),
  state: master('state', 'State', 'States', code, { route: 'states', can: ['read'] }),
  warehouse: master('warehouse', 'Warehouse', 'Warehouses', code, { module: 'Stock' }),
  account: master(
    'account',
    'Account',
    'Accounts',
    { ...code, is_group: { type: 'boolean', label: 'Is group' } },
    { module: 'Accounts' },
  ),
  sales_invoice: salesInvoice,
  payment,
};

const period = { from_date: date('From date'), to_date: date('To date') };

const reports: Wire = {
  trial_balance: { label: 'Trial Balance', module: 'Accounts', ask: period },
  general_ledger: {
    label: 'General Ledger',
    module: 'Accounts',
    ask: { account: link('Account', 'account', 'accounts', { required: true }), ...period },
  },
  stock_balance: {
    label: 'Stock Balance',
    module: 'Stock',
    ask: { warehouse: link('Warehouse', 'warehouse', 'warehouses'), ...period },
  },
};

const menuOf = (keys: readonly string[]) =>
  keys.map((key) => {
    const doctype = doctypes[key] as Wire | undefined;
    return doctype
      ? { label: doctype.plural, kind: 'doctype', target: doctype.route }
      : { label: (reports[key] as Wire).label, kind: 'report', target: key };
  });

const COMPANIES = [
  { id: 1, code: 'SAI', name: 'Shri Sai Traders' },
  { id: 2, code: 'MAH', name: 'Mahalaxmi Agencies' },
];

export const USER = {
  id: 1,
  username: 'demo',
  name: 'Asha Kulkarni',
  companies: COMPANIES,
  roles: ['Accountant', 'Sales User'],
};

export const META: Wire = {
  digest: 'mock',
  user: USER,
  companies: COMPANIES,
  doctypes,
  reports,
  menu: {
    Selling: menuOf(['sales_invoice', 'customer']),
    Stock: menuOf(['item', 'warehouse', 'unit', 'stock_balance']),
    Accounts: menuOf(['payment', 'account', 'trial_balance', 'general_ledger']),
    Setup: menuOf(['state']),
  },
};
