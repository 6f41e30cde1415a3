/** The reports of the mock server: fixed accounts, live invoices. */
import Decimal from 'decimal.js-light';
import { type Doc, linkTo, STORE } from './data';

const money = (name: string, label: string): Doc => ({ name, label, type: 'money', scale: 2 });

const OPENING: Readonly<Record<string, string>> = {
  '1200': '850000.00',
  '1300': '1250000.00',
  '1100': '118000.50',
  '2100': '-218000.50',
  '3100': '-2000000.00',
};

interface Entry {
  readonly date: string;
  readonly account: string;
  readonly debit: Decimal;
  readonly credit: Decimal;
  readonly document: Doc;
}

function entries(): Entry[] {
  const submitted = (STORE['sales/invoices'] ?? []).filter((doc) => doc.state === 'submitted');
  return submitted.flatMap((doc) => {
    const at = (account: string, debit: unknown, credit: unknown): Entry => ({
      date: String(doc.posting_date),
      account,
      debit: new Decimal(String(debit)),
      credit: new Decimal(String(credit)),
      document: doc,
    });
    return [
      at('1100', doc.grand_total, 0),
      at('4100', 0, doc.net_total),
      at('2230', 0, doc.tax_total),
      at('5900', 0, doc.rounding),
    ];
  });
}

function sum(values: readonly Decimal[]): Decimal {
  return values.reduce((total, value) => total.plus(value), new Decimal(0));
}

const positive = (value: Decimal): string => (value.gt(0) ? value : new Decimal(0)).toFixed(2);

function trialBalance(): Doc {
  const all = entries();
  const rows = (STORE.accounts ?? []).map((account) => {
    const mine = all.filter((entry) => entry.account === account.code);
    const opening = new Decimal(OPENING[String(account.code)] ?? 0);
    const debit = sum(mine.map((entry) => entry.debit));
    const credit = sum(mine.map((entry) => entry.credit));
    const closing = opening.plus(debit).minus(credit);
    return {
      account: linkTo(account),
      opening_debit: positive(opening),
      opening_credit: positive(opening.negated()),
      debit: debit.toFixed(2),
      credit: credit.toFixed(2),
      closing_debit: positive(closing),
      closing_credit: positive(closing.negated()),
      _drill: { report: 'general_ledger', params: { account: account.id } },
    };
  });
  const names = [
    'opening_debit',
    'opening_credit',
    'debit',
    'credit',
    'closing_debit',
    'closing_credit',
  ] as const;
  const totals = Object.fromEntries(
    names.map((name) => [name, sum(rows.map((row) => new Decimal(row[name]))).toFixed(2)]),
  );
  const columns = [
    {
      name: 'account',
      label: 'Account',
      type: 'link',
      link: [{ doctype: 'account', route: 'accounts' }],
    },
    money('opening_debit', 'Opening debit'),
    money('opening_credit', 'Opening credit'),
    money('debit', 'Debit'),
    money('credit', 'Credit'),
    money('closing_debit', 'Closing debit'),
    money('closing_credit', 'Closing credit'),
  ];
  return { report: 'trial_balance', columns, rows, totals, opening: null };
}

function generalLedger(account: string): Doc {
  const found = (STORE.accounts ?? []).find((one) => String(one.id) === account);
  let balance = new Decimal(OPENING[String(found?.code)] ?? 0);
  const opening = { balance: balance.toFixed(2) };
  const rows = entries()
    .filter((entry) => entry.account === found?.code)
    .map((entry) => {
      balance = balance.plus(entry.debit).minus(entry.credit);
      return {
        date: entry.date,
        origin: { id: entry.document.id, title: entry.document.number, doctype: 'sales_invoice' },
        party: entry.document.customer,
        debit: entry.debit.toFixed(2),
        credit: entry.credit.toFixed(2),
        balance: balance.toFixed(2),
        _drill: { route: 'sales/invoices', id: entry.document.id },
      };
    });
  const columns = [
    { name: 'date', label: 'Date', type: 'date' },
    { name: 'origin', label: 'Document', type: 'link' },
    {
      name: 'party',
      label: 'Party',
      type: 'link',
      link: [{ doctype: 'customer', route: 'customers' }],
    },
    money('debit', 'Debit'),
    money('credit', 'Credit'),
    money('balance', 'Balance'),
  ];
  return {
    report: 'general_ledger',
    columns,
    rows,
    opening,
    totals: {
      debit: sum(rows.map((row) => new Decimal(row.debit))).toFixed(2),
      credit: sum(rows.map((row) => new Decimal(row.credit))).toFixed(2),
    },
  };
}

function stockBalance(): Doc {
  const columns = [
    { name: 'item', label: 'Item', type: 'link', link: [{ doctype: 'item', route: 'items' }] },
    { name: 'warehouse', label: 'Warehouse', type: 'link' },
    { name: 'quantity', label: 'Quantity', type: 'quantity', scale: 3 },
    money('value', 'Value'),
  ];
  const rows = (STORE.items ?? [])
    .filter((item) => item.is_stocked)
    .map((item, at) => ({
      item: linkTo(item),
      warehouse: linkTo(STORE.warehouses?.[0]),
      quantity: String((at + 1) * 37),
      value: new Decimal(String(item.standard_price)).times((at + 1) * 30).toFixed(2),
      _drill: null,
    }));
  return {
    report: 'stock_balance',
    columns,
    rows,
    opening: null,
    totals: { value: sum(rows.map((row) => new Decimal(row.value))).toFixed(2) },
  };
}

/** The answer of `GET /api/reports/<key>`; null for a report there is not. */
export function report(key: string, query: URLSearchParams): Doc | null {
  if (key === 'trial_balance') return trialBalance();
  if (key === 'general_ledger') return generalLedger(query.get('account') ?? '');
  return key === 'stock_balance' ? stockBalance() : null;
}
