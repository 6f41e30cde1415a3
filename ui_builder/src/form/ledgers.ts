/** Entries of ledgers as tables, whether they stand in the books or a preview says what would. */
import type { Column, LedgerEffects } from '../api/documents';
import { isLink, type Row, type Value } from '../api/values';

/** What tells about an entry, not what it counts; shown apart. */
const ABOUT: ReadonlySet<string> = new Set([
  'id',
  'rule',
  'line',
  'reverses',
  'corrects',
  'company',
  'date',
  'moment',
  'meant_for',
  'recorded_at',
  'origin',
  'catalog',
  'posting',
  'line_table',
  'line_id',
  'ledger',
  'index',
]);
const DECIMAL = /^-?\d+\.\d+$/;

function label(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function typeOf(value: Value): string {
  if (isLink(value)) return 'link';
  if (typeof value === 'string')
    return DECIMAL.test(value) ? 'decimal' : /^\d{4}-\d{2}-\d{2}$/.test(value) ? 'date' : 'text';
  return typeof value === 'number' ? 'integer' : 'text';
}

/** The worth of a measure in company currency says nothing new where both are the same. */
function isRepeated(name: string, entries: readonly Row[]): boolean {
  const plain = /^(.+)_worth$/.exec(name)?.[1];
  return plain !== undefined && entries.every((entry) => entry[name] === entry[plain]);
}

/** Columns for entries that come without: every name, typed by the first value that stands there. */
function columnsOf(entries: readonly Row[]): readonly Column[] {
  const found = new Map<string, Column>();
  for (const entry of entries) {
    for (const [name, value] of Object.entries(entry)) {
      if (ABOUT.has(name) || found.has(name) || value === null || value === undefined) continue;
      if (isRepeated(name, entries)) continue;
      const scale =
        typeof value === 'string' && DECIMAL.test(value) ? (value.split('.')[1]?.length ?? 0) : 0;
      found.set(name, {
        name,
        label: label(name),
        type: scale === 2 ? 'money' : typeOf(value),
        scale,
      });
    }
  }
  return [...found.values()];
}

function isLedger(value: unknown): value is LedgerEffects {
  return typeof value === 'object' && value !== null && 'entries' in value && 'columns' in value;
}

/** In: `entries` of a preview: a ledger's entries by its name, with or without columns. Out: ledgers with columns. */
export function previewLedgers(
  entries: Readonly<Record<string, unknown>>,
): readonly LedgerEffects[] {
  return Object.entries(entries)
    .map(([name, value]): LedgerEffects => {
      if (isLedger(value)) return { ...value, label: value.label || name };
      const rows = Array.isArray(value) ? (value as Row[]) : [];
      return { label: name, columns: columnsOf(rows), entries: rows };
    })
    .filter((ledger) => ledger.entries.length > 0);
}
