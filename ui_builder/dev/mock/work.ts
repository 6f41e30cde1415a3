/** What the mock server works out: defaults, tax, entries and problems of an invoice or payment. */
import Decimal from 'decimal.js-light';
import type { Row } from '../../src/api/values';
import { runSteps } from '../../src/core/steps';
import { resolveMeta } from '../../src/meta/resolve';
import type { Doctype } from '../../src/meta/types';
import { byId, type Doc, linkTo, STORE } from './data';
import { META } from './meta';

export const DOCTYPES = Object.values(resolveMeta(META).doctypes);

export interface Worked {
  readonly document: Doc;
  readonly entries: Record<string, Doc[]>;
  readonly problems: Doc[];
  readonly facts: Doc;
}

export const today = (): string => new Date().toISOString().slice(0, 10);

/** Ids, `{id}` and business keys become links with titles. */
function withTitles(
  doctype: Doctype,
  document: Doc,
  path: string,
  problems: Doc[],
  place: string,
): Doc {
  const made: Doc = { ...document };
  for (const field of Object.values(doctype.tables[path]?.fields ?? {})) {
    const value = document[field.name];
    if (field.type === 'link' && value !== null && value !== undefined) {
      const found = field.link
        .map((target) => ({ target, doc: byId(target.route, value) }))
        .find(({ doc }) => doc);
      made[field.name] = found
        ? {
            ...linkTo(found.doc),
            ...(field.link.length > 1 ? { doctype: found.target.doctype } : {}),
          }
        : null;
      if (!found)
        problems.push({
          code: 'link_unknown',
          path: place + field.name,
          message: `There is no ${field.label} "${String(value)}".`,
          hint: '',
        });
    } else if (field.type === 'table' && field.table && Array.isArray(value)) {
      const below = field.table;
      made[field.name] = (value as Doc[]).map((row, at) =>
        withTitles(doctype, row, below, problems, `${place}${field.name}[${String(at)}].`),
      );
    }
    const isEmpty =
      made[field.name] === null || made[field.name] === undefined || made[field.name] === '';
    if (field.required && isEmpty && !field.computed) {
      problems.push({
        code: 'required',
        path: place + field.name,
        message: `${field.label} is missing.`,
        hint: '',
      });
    }
  }
  return made;
}

function lineWithDefaults(line: Doc, head: Doc): Doc {
  const item = byId('items', line.item);
  if (!item) return { ...line, taxes: [] };
  const typed = ['rate', 'gst_percent'].filter(
    (name) => line[name] !== undefined && line[name] !== null,
  );
  return {
    quantity: '1',
    description: item.name,
    hsn: item.hsn,
    unit: item.stock_unit,
    warehouse: head.warehouse ?? null,
    rate: item.standard_price,
    gst_percent: item.gst_percent,
    ...line,
    typed: typed.join(','),
    taxes: [],
  };
}

function withTax(line: Doc, isInterState: boolean): Doc {
  const base = new Decimal(String(line.amount ?? 0)).minus(String(line.discount_share ?? 0));
  const percent = new Decimal(String(line.gst_percent ?? 0));
  const parts: [string, Decimal][] = isInterState
    ? [['igst', percent]]
    : [
        ['cgst', percent.div(2)],
        ['sgst', percent.div(2)],
      ];
  const taxes = parts.map(([component, rate]) => ({
    component,
    rate: rate.toFixed(4),
    base: base.toFixed(2),
    amount: base.times(rate).div(100).toDecimalPlaces(2, 4).toFixed(2),
    collected: true,
  }));
  return { ...line, taxable: base.toFixed(2), taxes };
}

function entriesOf(document: Doc): Record<string, Doc[]> {
  const lines = document.items as Doc[];
  const general = lines.flatMap((line, index): Doc[] => [
    {
      rule: 'income',
      line: { table: 'items', index: index + 1 },
      account: linkTo(byId('accounts', '4100')),
      debit: '0.00',
      credit: line.taxable,
    },
    ...(line.taxes as Doc[]).map((tax) => ({
      rule: 'tax',
      line: { table: 'items', index: index + 1 },
      account: linkTo(
        byId(
          'accounts',
          tax.component === 'igst' ? '2230' : tax.component === 'cgst' ? '2210' : '2220',
        ),
      ),
      debit: '0.00',
      credit: tax.amount,
    })),
  ]);
  const receivable = {
    rule: 'control',
    line: null,
    account: linkTo(byId('accounts', '1100')),
    party: document.customer,
    debit: document.grand_total,
    credit: '0.00',
  };
  return {
    General: [
      receivable,
      ...general,
      {
        rule: 'rounding',
        line: null,
        account: linkTo(byId('accounts', '5900')),
        debit: '0.00',
        credit: document.rounding,
      },
    ],
    Receivables: [
      {
        rule: 'receivable',
        line: null,
        party: document.customer,
        due: document.due_date,
        amount: document.grand_total,
      },
    ],
    Stock: lines
      .filter((line) => line.item)
      .map((line, index) => ({
        rule: 'goods',
        line: { table: 'items', index: index + 1 },
        item: line.item,
        warehouse: line.warehouse,
        quantity: `-${String(line.quantity)}`,
      })),
  };
}

function invoice(doctype: Doctype, given: Doc, problems: Doc[]): Worked {
  const customer = byId('customers', given.customer);
  const lines = (given.items as Doc[] | undefined) ?? [];
  const head: Doc = {
    posting_date: today(),
    warehouse: 'PUN',
    round_off: true,
    zero_rated: 'none',
    due_date: given.posting_date ?? today(),
    place_of_supply: customer?.gst_state ?? null,
    ...given,
    typed: ['due_date', 'place_of_supply']
      .filter((name) => given[name] !== undefined && given[name] !== null)
      .join(','),
  };
  const full = withTitles(
    doctype,
    { ...head, items: lines.map((line) => lineWithDefaults(line, head)) },
    '',
    problems,
    '',
  );
  const items = byRoute();
  const before = runSteps(doctype, full as Row, { item: items }) as Doc;
  const place = before.place_of_supply as Doc | null;
  const taxed = {
    ...before,
    items: (before.items as Doc[]).map((line) => withTax(line, place?.title !== 'Maharashtra')),
  };
  const document = runSteps(doctype, taxed as Row, { item: items }) as Doc;
  if (lines.length === 0)
    problems.push({
      code: 'rows_missing',
      path: 'items',
      message: 'Items needs at least one row.',
      hint: '',
    });
  (document.items as Doc[]).forEach((line, at) => {
    if (Number(line.quantity) > 1000)
      problems.push({
        code: 'limit',
        path: `items[${String(at)}].quantity`,
        message: `Only 1,000 of ${String((line.item as Doc)?.title)} are in Pune main.`,
        hint: 'Take less, or receive stock first.',
      });
  });
  document.outstanding = document.state === 'submitted' ? document.grand_total : '0.00';
  return { document, entries: entriesOf(document), problems, facts: { item: items } };
}

function byRoute(): Record<string, Doc> {
  return Object.fromEntries((STORE.items ?? []).map((item) => [String(item.id), item]));
}

/** In: the body of a request. Out: the document worked out, what it would post, and what is wrong with it. */
export function workOut(doctype: Doctype, given: Doc): Worked {
  const problems: Doc[] = [];
  if (doctype.key === 'sales_invoice') return invoice(doctype, given, problems);
  const document = withTitles(
    doctype,
    doctype.submittable ? { posting_date: today(), ...given } : given,
    '',
    problems,
    '',
  );
  return { document, entries: {}, problems, facts: {} };
}
