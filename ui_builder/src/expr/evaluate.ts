/**
 * Runs the trees that the compiler writes for the browser (documented in engine/expr/browser.py).
 * Exact decimals, three-valued conditions, no DOM: the same results as on the server.
 */
import type Decimal from 'decimal.js-light';
import { FiscalYear, moveDate } from './dates';
import { written } from './formats';
import { FUNCTIONS } from './library';
import { add, divide, isNumber, multiply, negate, subtract, toCount, toNumber } from './numbers';
import { AGGREGATES } from './rows';
import { asKind, cell, type Frame, isRecord, order, own, same } from './values';

export type Tree = readonly unknown[];

type Operator = (tree: Tree, frame: Frame) => unknown;

/** In: a tree and its frame. Out: decimal, text, true or false, row, id, list or null. Throws on an unknown operator. */
export function evaluate(tree: Tree, frame: Frame): unknown {
  const name = String(tree[0]);
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator === undefined) throw new Error(`There is no operator '${name}'.`);
  return operator(tree, frame);
}

function part(tree: Tree, place: number, frame: Frame): unknown {
  return evaluate(tree[place] as Tree, frame);
}

function list(tree: Tree, place: number, frame: Frame): readonly unknown[] {
  const value = part(tree, place, frame);
  return Array.isArray(value) ? value : [];
}

const isNull = (value: unknown): boolean => value === null || value === undefined;

function arithmetic(run: (a: Decimal, b: Decimal) => unknown): Operator {
  return (tree, frame) => {
    const a = part(tree, 1, frame);
    const b = part(tree, 2, frame);
    return isNumber(a) && isNumber(b) ? run(a, b) : null;
  };
}

function moved(sign: number): Operator {
  return (tree, frame) => {
    const date = part(tree, 1, frame);
    const days = part(tree, 2, frame);
    return typeof date === 'string' && isNumber(days) ? moveDate(date, sign * toCount(days)) : null;
  };
}

function equality(wanted: boolean): Operator {
  return (tree, frame) => {
    const a = part(tree, 1, frame);
    const b = part(tree, 2, frame);
    return isNull(a) || isNull(b) ? null : same(a, b) === wanted;
  };
}

function ordered(test: (step: number) => boolean): Operator {
  return (tree, frame) => {
    const step = order(part(tree, 1, frame), part(tree, 2, frame));
    return step === null ? null : test(step);
  };
}

function within(negated: boolean): Operator {
  return (tree, frame) => {
    const value = part(tree, 1, frame);
    const among = list(tree, 2, frame);
    if (isNull(value)) return null;
    if (among.some((each) => !isNull(each) && same(value, each))) return !negated;
    return among.some(isNull) ? null : negated;
  };
}

/** `deciding` settles it: false for and, true for or; a null leaves it open. */
function logic(deciding: boolean): Operator {
  return (tree, frame) => {
    let result: unknown = !deciding;
    for (let place = 1; place < tree.length; place += 1) {
      const value = part(tree, place, frame);
      if (value === deciding) return deciding;
      if (isNull(value)) result = null;
    }
    return result;
  };
}

const MOST_LEVELS = 64;

/** Whether a record is a node of a tree or stands below it, as far as the facts go. */
function under(tree: Tree, frame: Frame): boolean | null {
  const [item, top] = [part(tree, 1, frame), part(tree, 2, frame)];
  const [doctypes, link] = [[String(tree[3])], String(tree[4])];
  if (isNull(item) || isNull(top)) return null;
  let current: unknown = item;
  for (let level = 0; level < MOST_LEVELS && !isNull(current); level += 1) {
    if (same(current, top)) return true;
    current = cell(frame, current, doctypes, link);
  }
  return false;
}

function member(tree: Tree, frame: Frame): unknown {
  const of = part(tree, 1, frame);
  const name = String(tree[2]);
  if (of instanceof FiscalYear) {
    return { start: of.start, end: of.end, label: of.label, short: of.short }[name] ?? null;
  }
  return isRecord(of) ? asKind(own(of, name), 'any') : null;
}

function edge(pick: (rows: readonly unknown[]) => unknown): Operator {
  return (tree, frame) => pick(list(tree, 1, frame)) ?? null;
}

function slice(tree: Tree, frame: Frame): unknown {
  const text = part(tree, 1, frame);
  if (typeof text !== 'string') return null;
  const [, , start, stop] = tree;
  return Array.from(text)
    .slice(typeof start === 'number' ? start : 0, typeof stop === 'number' ? stop : undefined)
    .join('');
}

function call(tree: Tree, frame: Frame): unknown {
  const name = String(tree[1]);
  if (name === 'coalesce') return coalesce(tree, frame);
  const run = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (run === undefined) throw new Error(`There is no function '${name}'.`);
  const values = tree.slice(2).map((argument) => evaluate(argument as Tree, frame));
  return values.some(isNull) ? null : run(...values);
}

function coalesce(tree: Tree, frame: Frame): unknown {
  for (let place = 2; place < tree.length; place += 1) {
    const value = part(tree, place, frame);
    if (!isNull(value)) return value;
  }
  return null;
}

function compose(tree: Tree, frame: Frame): string {
  return tree
    .slice(1)
    .map((piece) => {
      if (!Array.isArray(piece)) return String(piece);
      return written(evaluate(piece[2] as Tree, frame), piece[0], String(piece[1]));
    })
    .join('');
}

function each(tree: Tree, frame: Frame): readonly unknown[] {
  const [, , name, where, body] = tree;
  const values: unknown[] = [];
  for (const row of list(tree, 1, frame)) {
    const inner: Frame = { ...frame, [String(name)]: row };
    if (where === null || evaluate(where as Tree, inner) === true) {
      values.push(evaluate(body as Tree, inner));
    }
  }
  return values;
}

function aggregate(name: string): Operator {
  return (tree, frame) => AGGREGATES[name]?.(list(tree, 1, frame)) ?? null;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  number: (tree) => toNumber(tree[1]),
  text: (tree) => tree[1],
  boolean: (tree) => tree[1],
  date: (tree) => tree[1],
  null: () => null,
  name: (tree, frame) => asKind(own(frame, String(tree[1])), tree[2]),
  field: (tree, frame) => asKind(cell(frame, part(tree, 1, frame), null, String(tree[2])), tree[3]),
  fact: (tree, frame) =>
    asKind(cell(frame, part(tree, 1, frame), tree[2], String(tree[3])), tree[4]),
  member,
  pluck: (tree, frame) =>
    list(tree, 1, frame).map((row) => asKind(cell(frame, row, tree[2], String(tree[3])), tree[4])),
  gather: (tree, frame) =>
    list(tree, 1, frame).flatMap(
      (row) => asKind(cell(frame, row, tree[2], String(tree[3])), 'rows') as unknown[],
    ),
  first: edge((rows) => rows[0]),
  last: edge((rows) => rows.at(-1)),
  neg: (tree, frame) => {
    const value = part(tree, 1, frame);
    return isNumber(value) ? negate(value) : null;
  },
  '+': arithmetic(add),
  '-': arithmetic(subtract),
  '*': arithmetic(multiply),
  '/': arithmetic(divide),
  'date+': moved(1),
  'date-': moved(-1),
  '==': equality(true),
  '!=': equality(false),
  '<': ordered((step) => step < 0),
  '<=': ordered((step) => step <= 0),
  '>': ordered((step) => step > 0),
  '>=': ordered((step) => step >= 0),
  in: within(false),
  'not in': within(true),
  under,
  list: (tree, frame) => tree.slice(1).map((item) => evaluate(item as Tree, frame)),
  'is null': (tree, frame) => isNull(part(tree, 1, frame)),
  'is not null': (tree, frame) => !isNull(part(tree, 1, frame)),
  and: logic(false),
  or: logic(true),
  not: (tree, frame) => {
    const value = part(tree, 1, frame);
    return isNull(value) ? null : value !== true;
  },
  if: (tree, frame) => part(tree, part(tree, 1, frame) === true ? 2 : 3, frame),
  slice,
  call,
  compose,
  each,
  sum: aggregate('sum'),
  avg: aggregate('avg'),
  min: aggregate('min'),
  max: aggregate('max'),
  count: aggregate('count'),
  exists: aggregate('exists'),
};
