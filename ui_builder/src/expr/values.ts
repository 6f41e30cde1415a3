/** What stands in a frame, made into values of expressions; and when two values are the same. */
import { FiscalYear } from './dates';
import { isNumber, toNumber } from './numbers';

/** What an expression runs in: `this`, `row`, `facts` …; rows are objects, links are ids. */
export type Frame = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !isNumber(value) &&
    !(value instanceof FiscalYear)
  );
}

/** In: a raw value and its kind in the tree. Out: decimal, text, true or false, row, id, list or null. */
export function asKind(raw: unknown, kind: unknown): unknown {
  if (raw === undefined || raw === null) return kind === 'rows' ? [] : null;
  switch (kind) {
    case 'number':
      return toNumber(raw);
    case 'text':
    case 'date':
      return typeof raw === 'string' ? raw : null;
    case 'boolean':
      return typeof raw === 'boolean' ? raw : null;
    case 'rows':
      return Array.isArray(raw) ? raw : [];
    case 'any':
      return typeof raw === 'number' ? toNumber(raw) : raw;
    default:
      return raw;
  }
}

/** A record as its id; a row not stored yet is only itself. */
export function identity(value: unknown): unknown {
  if (value instanceof FiscalYear) return value.start;
  if (!isRecord(value)) return value;
  const id = value.id;
  return id === undefined || id === null ? value : id;
}

/** Whether two values that are not null are the same. */
export function same(first: unknown, second: unknown): boolean {
  const a = identity(first);
  const b = identity(second);
  if (isNumber(a) && isNumber(b)) return a.eq(b);
  return a === b;
}

/** Below 0, 0 or above for numbers, texts (by code points) and dates; null for what has no order. */
export function order(a: unknown, b: unknown): number | null {
  if (isNumber(a) && isNumber(b)) return a.cmp(b);
  if (typeof a !== 'string' || typeof b !== 'string') return null;
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let place = 0; place < left.length && place < right.length; place += 1) {
    const step = (left[place]?.codePointAt(0) ?? 0) - (right[place]?.codePointAt(0) ?? 0);
    if (step !== 0) return step;
  }
  return left.length - right.length;
}

/** A property that the object itself has, never one of its prototype. */
export function own(of: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

/** Field `name` of a record: of the row itself, or of the fact that its id leads to; undefined where none is. */
export function cell(frame: Frame, of: unknown, doctypes: unknown, name: string): unknown {
  if (of === null || of === undefined) return undefined;
  if (isRecord(of) && (!Array.isArray(doctypes) || Object.hasOwn(of, name))) return own(of, name);
  const id = identity(of);
  const facts = frame.facts;
  if (!Array.isArray(doctypes) || !isRecord(facts)) return undefined;
  for (const doctype of doctypes) {
    const rows = own(facts, String(doctype));
    const row = isRecord(rows) ? own(rows, String(id)) : undefined;
    if (isRecord(row)) return own(row, name);
  }
  return undefined;
}
