/** Live totals: the calculation steps that a browser can run, in the server's order, with decimal arithmetic. */
import Decimal from 'decimal.js-light';
import type { Row } from '../api/values';
import { evaluate } from '../expr/evaluate';
import type { DistributeStep, Doctype, Field, FormulaStep, Table, Tree } from '../meta/types';
import { Changes, compare } from './changes';
import { shares } from './distribute';
import { isPart, typedOf } from './document';
import { type Facts, type FrameRow, frameRow, frameRowsAt, stored, takeBack } from './frame';

type Written = Map<string, Set<string>>;

/** One run: the frame of the document, and what is told to the steps that come after. */
interface Run {
  readonly head: FrameRow;
  readonly facts: Facts;
  readonly written: Written;
  readonly changes: Changes | null;
}

/** The state that the steps have been run for, with the facts of then. */
export interface Before {
  readonly document: Row;
  readonly facts: Facts | null;
}

function isTyped(row: FrameRow, field: Field): boolean {
  return field.editable && typedOf({ typed: String(row.typed ?? '') }).has(field.name);
}

/** The value of an expression, or undefined where the browser lacks what it needs. */
export function tryEvaluate(tree: Tree, frame: Record<string, unknown>): unknown {
  try {
    return evaluate(tree, frame);
  } catch {
    return undefined;
  }
}

function isSame(one: unknown, other: unknown): boolean {
  if (one instanceof Decimal && other instanceof Decimal) return one.eq(other);
  return one === other;
}

function write(run: Run, path: string, row: FrameRow, field: Field, value: unknown): void {
  const known = run.written.get(path);
  if (known) known.add(field.name);
  else run.written.set(path, new Set([field.name]));
  if (isSame(row[field.name], value)) return;
  row[field.name] = value;
  run.changes?.add(path, row, field.name);
}

function runFormula(run: Run, step: FormulaStep, field: Field, rows: Iterable<FrameRow>): void {
  for (const row of rows) {
    if (isTyped(row, field) || isPart(row, field)) continue;
    const result = tryEvaluate(step.expression, { this: row, facts: run.facts });
    const value = result === undefined ? undefined : stored(result, field);
    if (value !== undefined) write(run, step.path, row, field, value);
  }
}

function decimal(value: unknown): Decimal {
  return value instanceof Decimal ? value : new Decimal(0);
}

function runDistribute(
  run: Run,
  step: DistributeStep,
  into: Field,
  rows: Iterable<FrameRow>,
): void {
  for (const row of rows) shareOut(run, step, into, row);
}

function amountOf(run: Run, step: DistributeStep, row: FrameRow): Decimal | undefined {
  const frame = { this: run.head, row, facts: run.facts };
  if (step.when !== null && tryEvaluate(step.when, frame) !== true) return new Decimal(0);
  const amount = tryEvaluate(step.amount, frame);
  return amount === undefined ? undefined : decimal(amount);
}

/** Who typed a share has it; the others share what is left. */
function shareOut(run: Run, step: DistributeStep, into: Field, parent: FrameRow): void {
  const way = step.each === '' ? step.over : step.over.slice(step.each.length + 1);
  const below = frameRowsAt(parent, way);
  const whole = amountOf(run, step, parent);
  if (whole === undefined || (step.each !== '' && below.length === 0)) return;
  let amount = whole.toDecimalPlaces(into.scale, Decimal.ROUND_HALF_UP);
  const sharing: FrameRow[] = [];
  const weights: Decimal[] = [];
  for (const row of below) {
    if (isPart(row, into)) continue;
    const frame = { this: run.head, row, facts: run.facts };
    if (step.where !== null && tryEvaluate(step.where, frame) !== true) {
      write(run, step.over, row, into, new Decimal(0));
    } else if (isTyped(row, into)) {
      amount = amount.minus(decimal(row[into.name]));
    } else {
      sharing.push(row);
      weights.push(decimal(tryEvaluate(step.weight, frame)));
    }
  }
  const found = shares(amount, weights, into.scale, step.method);
  sharing.forEach((row, index) => {
    write(run, step.over, row, into, found[index] ?? new Decimal(0));
  });
}

/**
 * In: the document as typed, facts of the last preview; `before`: the document before the change, worked out.
 * Out: the document with what the steps give now. With `before` only what the change reaches is run.
 * Steps of the server (rules, taxes, rows of sources) keep what the last preview said.
 */
export function runSteps(doctype: Doctype, document: Row, facts: Facts, before?: Before): Row {
  const headTable: Table | undefined = doctype.tables[''];
  if (!headTable || doctype.steps.length === 0) return document;
  const head = frameRow(doctype, headTable, document, null, 0);
  const isKnown = before !== undefined && before.facts === facts;
  const changes = isKnown ? new Changes(doctype) : null;
  if (isKnown && changes) compare(changes, doctype, headTable, before.document, document, head);
  const run: Run = { head, facts, written: new Map(), changes };
  for (const step of doctype.steps) {
    if (step.kind === 'server') continue;
    const path = step.kind === 'formula' ? step.path : step.over;
    const name = step.kind === 'formula' ? step.field : step.into;
    const field = doctype.tables[path]?.fields[name];
    if (!field) continue;
    const rows = changes?.reached(step.each, step.reads) ?? frameRowsAt(head, step.each);
    if (step.kind === 'formula') runFormula(run, step, field, rows);
    else runDistribute(run, step, field, rows);
  }
  return takeBack(doctype, headTable, document, head, run.written);
}
