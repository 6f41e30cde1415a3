/** Problems of a document, found by the place they are about. */
import type { Problem } from '../api/problems';
import { isRows, type Row, type Value } from '../api/values';
import type { Doctype } from '../meta/types';
import { withoutBlankTail } from './body';
import { parsePath, rowAt, tablePath } from './paths';

export type Findings = ReadonlyMap<string, readonly Problem[]>;

export function byPath(problems: readonly Problem[]): Findings {
  const found = new Map<string, Problem[]>();
  for (const problem of problems) {
    const known = found.get(problem.path);
    if (known) known.push(problem);
    else found.set(problem.path, [problem]);
  }
  return found;
}

/** Whether a problem lies in the row at `path` or below it. */
export function touchesRow(findings: Findings, path: string): boolean {
  for (const place of findings.keys()) {
    if (place === path || place.startsWith(`${path}.`)) return true;
  }
  return false;
}

/** In: `items[2].rate`. Out: "Items, row 3, Rate"; what the doctype does not know stays as it is. */
export function placeWords(doctype: Doctype, path: string): string {
  const place = parsePath(path);
  const words: string[] = [];
  place.row.forEach((step, depth) => {
    const above = tablePath(place.row.slice(0, depth));
    const label = doctype.tables[above]?.fields[step.field]?.label ?? step.field;
    words.push(label, `row ${String(step.index + 1)}`);
  });
  const field = doctype.tables[tablePath(place.row)]?.fields[place.field];
  if (place.field !== '') words.push(field?.label ?? place.field);
  return words.join(', ');
}

function valueAt(document: Row, path: string): Value {
  const place = parsePath(path);
  const row = rowAt(document, place.row);
  return place.field === '' ? undefined : row?.[place.field];
}

function isOpenYet(doctype: Doctype, document: Row, path: string): boolean {
  const place = parsePath(path);
  if (place.field === '') return false;
  const value = valueAt(document, path);
  if (!isRows(value)) return value === undefined || value === null || value === '';
  const field = doctype.tables[tablePath(place.row)]?.fields[place.field];
  const table = field?.table ? doctype.tables[field.table] : undefined;
  return table === undefined || withoutBlankTail(value, table).length === 0;
}

/**
 * The problems to show now. In: what was found, the document it was found in, and the one in hand.
 * What was changed since is not shown any more; what is merely not filled yet only when `strict`.
 */
export function shownProblems(
  doctype: Doctype,
  problems: readonly Problem[],
  then: Row,
  now: Row,
  strict: boolean,
): readonly Problem[] {
  return problems.filter((problem) => {
    const isSame = valueAt(then, problem.path) === valueAt(now, problem.path);
    return isSame && (strict || !isOpenYet(doctype, now, problem.path));
  });
}
