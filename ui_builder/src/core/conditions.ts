/** What of a row is seen, must be filled and may be written right now. */
import type { Row } from '../api/values';
import type { Doctype, Field, Tree } from '../meta/types';
import { isPart } from './document';
import { type Facts, type FrameRow, frameRow } from './frame';
import { tryEvaluate } from './steps';

export interface Shown {
  readonly visible: boolean;
  readonly required: boolean;
  readonly readOnly: boolean;
}

/** Frames of a document for conditions; made once per change. */
export function documentFrame(doctype: Doctype, document: Row): FrameRow {
  const head = doctype.tables[''];
  return head ? frameRow(doctype, head, document, null, 0) : {};
}

export function holds(tree: Tree | null, row: FrameRow, facts: Facts, otherwise: boolean): boolean {
  if (tree === null) return otherwise;
  const result = tryEvaluate(tree, { this: row, facts });
  return result === undefined ? otherwise : result === true;
}

/** In: a field and the frame of its row. Out: how it is shown; `locked` = nobody writes in this document now. */
export function shownAs(field: Field, row: FrameRow, facts: Facts, locked: boolean): Shown {
  const byCondition = field.readOnlyIf !== null && holds(field.readOnlyIf, row, facts, false);
  return {
    visible: holds(field.visibleIf, row, facts, true),
    required:
      field.required || (field.requiredIf !== null && holds(field.requiredIf, row, facts, false)),
    readOnly:
      locked ||
      field.readOnly ||
      field.generated ||
      isPart(row, field) ||
      byCondition ||
      (field.computed && !field.editable),
  };
}
