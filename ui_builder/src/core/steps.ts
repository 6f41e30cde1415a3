/** Live totals: the calculation steps that a browser can run, in the server's order, with decimal arithmetic. */
import Decimal from 'decimal.js-light';
import type { Row } from '../api/values';
import { evaluate } from '../expr/evaluate';
import type { DistributeStep, Doctype, Field, FormulaStep, Table, Tree } from '../meta/types';
import { largestRemainder } from './distribute';
import { typedOf } from './document';
import { type Facts, type FrameRow, frameRow, frameRowsAt, stored, takeBack } from './frame';

type Written = Map<string, Set<string>>;

function note(written: Written, path: string, field: string): void {
  const known = written.get(path);
  if (known) known.add(field);
  else written.set(path, new Set([field]));
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

function runFormula(step: FormulaStep, field: Field, head: FrameRow, facts: Facts): boolean {
  let wrote = false;
  for (const row of frameRowsAt(head, step.path)) {
    if (isTyped(row, field)) continue;
    const result = tryEvaluate(step.expression, { this: row, facts });
    const value = result === undefined ? undefined : stored(result, field);
    if (value === undefined) continue;
    row[field.name] = value;
    wrote = true;
  }
  return wrote;
}

function decimal(value: unknown): Decimal {
  return value instanceof Decimal ? value : new Decimal(0);
}

function runDistribute(step: DistributeStep, into: Field, head: FrameRow, facts: Facts): boolean {
  const amount = tryEvaluate(step.amount, { this: head, facts });
  if (amount === undefined) return false;
  const chosen = frameRowsAt(head, step.over).filter(
    (row) => step.where === null || tryEvaluate(step.where, { this: head, row, facts }) === true,
  );
  const weights = chosen.map((row) =>
    decimal(tryEvaluate(step.weight, { this: head, row, facts })),
  );
  const shares = largestRemainder(decimal(amount), weights, into.scale);
  chosen.forEach((row, index) => {
    if (!isTyped(row, into)) row[into.name] = shares[index] ?? new Decimal(0);
  });
  return true;
}

/**
 * In: the document as typed, facts of the last preview. Out: the document with what the steps give now.
 * Steps of the server (rules, taxes) keep what the last preview said.
 */
export function runSteps(doctype: Doctype, document: Row, facts: Facts): Row {
  const headTable: Table | undefined = doctype.tables[''];
  if (!headTable || doctype.steps.length === 0) return document;
  const head = frameRow(doctype, headTable, document, null, 0);
  const written: Written = new Map();
  for (const step of doctype.steps) {
    if (step.kind === 'server') continue;
    const path = step.kind === 'formula' ? step.path : step.over;
    const name = step.kind === 'formula' ? step.field : step.into;
    const field = doctype.tables[path]?.fields[name];
    if (!field) continue;
    const wrote =
      step.kind === 'formula'
        ? runFormula(step, field, head, facts)
        : runDistribute(step, field, head, facts);
    if (wrote) note(written, path, name);
  }
  return takeBack(doctype, headTable, document, head, written);
}
