/** Problems of a document, found by the place they are about. */
import type { Problem } from '../api/problems';
import type { Row } from '../api/values';
import type { Doctype } from '../meta/types';
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

/** Problems of required fields that are still empty and rows nobody has reached yet are not shown while typing. */
export function shownWhileTyping(problems: readonly Problem[], document: Row): readonly Problem[] {
  return problems.filter((problem) => {
    const place = parsePath(problem.path);
    const row = rowAt(document, place.row);
    const value = place.field === '' ? undefined : row?.[place.field];
    const isEmpty =
      value === undefined ||
      value === null ||
      value === '' ||
      (Array.isArray(value) && value.length === 0);
    return place.field === '' ? true : !isEmpty;
  });
}
