/** Which fields of the head a person may write in a document as it stands; what the server would refuse stays shut. */
import type { Row } from '../api/values';
import { textOf } from '../api/values';
import type { Doctype } from '../meta/types';
import { stageOf } from './stage';

export type OpenFields = 'all' | ReadonlySet<string>;

const NONE: OpenFields = new Set<string>();

/** The fields that the state of the document opens, as far as it is declared. */
function editable(doctype: Doctype, document: Row): OpenFields {
  const edit = doctype.states[textOf(document.state)]?.edit ?? null;
  return edit === null ? 'all' : new Set(edit);
}

/** Fields that stay open once a document is submitted. */
export function lateFields(doctype: Doctype): ReadonlySet<string> {
  const fields = Object.values(doctype.tables['']?.fields ?? {});
  const late = fields.filter((field) => field.afterSubmit && !field.readOnly && !field.generated);
  return new Set(late.map((field) => field.name));
}

/** Whether the submitted document itself takes changes, and what it posted the difference. */
export function isChangedInPlace(doctype: Doctype, document: Row): boolean {
  if (doctype.amend !== 'in_place' || stageOf(document) !== 'submitted') return false;
  if (!doctype.can.has('write')) return false;
  if (!doctype.hasWorkflow) return doctype.can.has('submit');
  const open = editable(doctype, document);
  return open === 'all' || open.size > 0;
}

/** In: `isAmending`: the person has asked to change what is submitted. */
export function openFields(doctype: Doctype, document: Row, isAmending: boolean): OpenFields {
  const isNew = typeof document.id !== 'number';
  if (!doctype.can.has(isNew ? 'create' : 'write')) return NONE;
  if (isNew || !doctype.submittable) return 'all';
  const stage = stageOf(document);
  if (stage === 'draft') return editable(doctype, document);
  if (stage !== 'submitted') return NONE;
  const late = lateFields(doctype);
  if (!isAmending || !isChangedInPlace(doctype, document)) return late;
  const open = editable(doctype, document);
  return open === 'all' ? 'all' : new Set([...late, ...open]);
}

export function isOpen(fields: OpenFields, name: string): boolean {
  return fields === 'all' || fields.has(name);
}
