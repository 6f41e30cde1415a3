/** The state of one open form, as a reducer: nothing here knows React or HTTP. */
import type { Preview } from '../api/documents';
import type { Problem } from '../api/problems';
import { type Row, rowsOf } from '../api/values';
import type { Doctype } from '../meta/types';
import { adopt, blankRow, insertRows, type KeyMaker, mergeDocument } from './document';
import type { Facts } from './frame';
import { stageOf } from './stage';
import { runSteps } from './steps';

type Change = (document: Row) => Row;

export interface DocumentState {
  readonly document: Row;
  /** As the server has it; null while it was never saved. */
  readonly saved: Row | null;
  /** Counts what the person changed since the document was loaded or saved. */
  readonly changes: number;
  /** Facts of the last preview; null before the first. */
  readonly facts: Facts | null;
  readonly problems: readonly Problem[];
  /** The document in which `problems` were found. */
  readonly foundIn: Row;
  readonly entries: Readonly<Record<string, unknown>>;
  /** Not all that would be posted stands in `entries`. */
  readonly isWithheld: boolean;
  /** What the person changed since the document was sent to be saved; null while nothing is sent. */
  readonly typedSince: readonly Change[] | null;
  /** After a refused save every problem is shown, also those of fields not yet reached. */
  readonly strict: boolean;
  /** A person has asked to change what is submitted. */
  readonly isAmending: boolean;
}

export type DocumentAction =
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'amend' }
  | { readonly kind: 'sent' }
  | { readonly kind: 'previewed'; readonly changes: number; readonly preview: Preview }
  | { readonly kind: 'found'; readonly changes: number; readonly problems: readonly Problem[] }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'loaded'; readonly document: Row };

/** A new document offers a row to write in, in its first table. */
function withFirstRow(doctype: Doctype, document: Row, nextKey: KeyMaker): Row {
  const named = doctype.layout.flatMap((section) => section.show.flat());
  for (const name of named) {
    const field = doctype.tables['']?.fields[name];
    const table = field?.table ? doctype.tables[field.table] : undefined;
    if (!field || !table || table.generated || field.generated || field.readOnly) continue;
    const isEmpty = rowsOf(document, name).length === 0;
    return isEmpty ? insertRows(document, [], name, 0, [blankRow(table, nextKey)]) : document;
  }
  return document;
}

/** In: a document from the server; `chosen`: its values are more than defaults; what stood there before. Out: the form's first state. */
export function opened(
  doctype: Doctype,
  document: Row,
  nextKey: KeyMaker,
  chosen: boolean,
  before?: Row,
): DocumentState {
  const adopted = adopt(doctype, document, { nextKey, chosen, before });
  const mine = typeof document.id === 'number' ? adopted : withFirstRow(doctype, adopted, nextKey);
  return {
    document: mine,
    saved: typeof document.id === 'number' ? mine : null,
    changes: 0,
    facts: null,
    problems: [],
    foundIn: mine,
    entries: {},
    isWithheld: false,
    typedSince: null,
    strict: false,
    isAmending: false,
  };
}

function changed(doctype: Doctype, state: DocumentState, change: Change): DocumentState {
  const typed = change(state.document);
  if (typed === state.document) return state;
  const document = state.facts === null ? typed : runSteps(doctype, typed, state.facts, state);
  const typedSince = state.typedSince && [...state.typedSince, change];
  return { ...state, document, changes: state.changes + 1, typedSince };
}

/** The saved document, and on it what the person typed while it was under way. */
function loaded(
  doctype: Doctype,
  state: DocumentState,
  document: Row,
  nextKey: KeyMaker,
): DocumentState {
  const fresh = opened(doctype, document, nextKey, true, state.document);
  const isSame = !doctype.submittable || stageOf(document) === stageOf(state.document);
  const isOpen = isSame || stageOf(document) === 'draft';
  const since = isOpen ? (state.typedSince ?? []) : [];
  const isAmending = isSame && state.isAmending && since.length > 0;
  return since.reduce<DocumentState>((last, change) => changed(doctype, last, change), {
    ...fresh,
    isAmending,
  });
}

/** An answer to a question the person has changed meanwhile is dropped; the next preview is under way. */
function previewed(
  doctype: Doctype,
  state: DocumentState,
  preview: Preview,
  nextKey: KeyMaker,
): DocumentState {
  const document = mergeDocument(doctype, state.document, preview.document, nextKey);
  return {
    ...state,
    document,
    foundIn: document,
    facts: { ...state.facts, ...mergedFacts(state.facts, preview.facts) },
    problems: preview.problems,
    entries: preview.entries,
    isWithheld: preview.withheld === true,
  };
}

function mergedFacts(known: Facts | null, fresh: Facts): Facts {
  const merged: Record<string, Facts[string]> = {};
  for (const [doctype, rows] of Object.entries(fresh))
    merged[doctype] = { ...known?.[doctype], ...rows };
  return merged;
}

export function documentReducer(doctype: Doctype, nextKey: KeyMaker) {
  return (state: DocumentState, action: DocumentAction): DocumentState => {
    switch (action.kind) {
      case 'change':
        return changed(doctype, state, action.change);
      case 'previewed':
        if (action.changes !== state.changes) return state;
        return previewed(doctype, state, action.preview, nextKey);
      case 'found':
        return action.changes === state.changes
          ? { ...state, problems: action.problems, foundIn: state.document }
          : state;
      case 'amend':
        return { ...state, isAmending: true };
      case 'sent':
        return { ...state, typedSince: [] };
      case 'refused':
        return {
          ...state,
          problems: action.problems,
          foundIn: state.document,
          typedSince: null,
          strict: true,
        };
      case 'loaded':
        return loaded(doctype, state, action.document, nextKey);
    }
  };
}
