/** Records of the mock server; kept in memory, gone with it. */
export type Doc = Record<string, unknown>;

let last = 100;
export function nextId(): number {
  last += 1;
  return last;
}

function records(names: readonly (readonly [string, string, Doc?])[]): Doc[] {
  return names.map(([code, name, more]) => ({ id: nextId(), code, name, version: 1, ...more }));
}

const states = records([
  ['27', 'Maharashtra'],
  ['29', 'Karnataka'],
  ['03', 'Punjab'],
  ['33', 'Tamil Nadu'],
  ['07', 'Delhi'],
]);
const units = records([
  ['NOS', 'Numbers'],
  ['BOX', 'Box'],
  ['KGS', 'Kilograms'],
  ['LTR', 'Litres'],
]);

export function linkTo(doc: Doc | undefined): { id: number; title: string } | null {
  return doc ? { id: Number(doc.id), title: String(doc.name ?? doc.number ?? doc.id) } : null;
}

const [maharashtra, karnataka, punjab] = states;
const customers = records([
  [
    'C-00001',
    'Punjab Traders',
    {
      category: 'registered',
      gstin: '03AABCU9603R1ZM',
      gst_state: linkTo(punjab),
      outstanding: '118000.50',
      credit_days: 30,
      phone: '+91 98140 00001',
    },
  ],
  [
    'C-00002',
    'Deccan Medical Stores',
    {
      category: 'registered',
      gstin: '27AAPFU0939F1ZV',
      gst_state: linkTo(maharashtra),
      outstanding: '0.00',
    },
  ],
  [
    'C-00003',
    'Bengaluru Pharma Distribution',
    {
      category: 'registered',
      gstin: '29AAGCB7383J1Z4',
      gst_state: linkTo(karnataka),
      outstanding: '-2500.00',
    },
  ],
  [
    'C-00004',
    'Walk-in customer',
    { category: 'unregistered', gst_state: linkTo(maharashtra), outstanding: '0.00' },
  ],
]);
const NAMES = [
  'Paracetamol 500 mg strip',
  'Cotton bandage 10 cm',
  'Digital thermometer',
  'Hand sanitiser 500 ml',
  'Basmati rice 25 kg',
  'LED bulb 9 W',
  'Repair service',
  'Steel almirah',
];
const PRICES = ['20.00', '35.50', '185.00', '249.00', '2450.00', '92.375', '500.00', '11250.00'];
const RATES = ['5', '5', '18', '18', '5', '18', '18', '18'];
const items = records(
  NAMES.map((name, at) => [
    `I-${String(at + 1).padStart(4, '0')}`,
    name,
    {
      hsn: `3004${String(10 + at)}`,
      stock_unit: linkTo(units[at % 3]),
      standard_price: PRICES[at],
      gst_percent: RATES[at],
      is_stocked: at !== 6,
    },
  ]),
);
const warehouses = records([
  ['PUN', 'Pune main'],
  ['BLR', 'Bengaluru depot'],
]);
const suppliers = records([
  ['S-00001', 'Hindustan Wholesale'],
  ['S-00002', 'Kaveri Mills'],
]);
const accounts = records([
  ['1100', 'Debtors'],
  ['1200', 'Bank of Maharashtra'],
  ['1210', 'Cash'],
  ['1300', 'Stock in hand'],
  ['2100', 'Creditors'],
  ['2210', 'Output CGST'],
  ['2220', 'Output SGST'],
  ['2230', 'Output IGST'],
  ['3100', 'Capital'],
  ['4100', 'Sales'],
  ['5100', 'Cost of goods sold'],
  ['5900', 'Rounding'],
]);

/** Documents by route. */
export const STORE: Record<string, Doc[]> = {
  customers,
  suppliers,
  items,
  units,
  states,
  warehouses,
  accounts,
  'sales/invoices': [],
  payments: [],
};

export function byId(route: string, id: unknown): Doc | undefined {
  const wanted = typeof id === 'object' && id !== null ? (id as Doc).id : id;
  return STORE[route]?.find(
    (doc) => doc.id === Number(wanted) || doc.code === wanted || doc.name === wanted,
  );
}
