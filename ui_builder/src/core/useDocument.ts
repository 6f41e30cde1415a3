import { useEffect, useMemo, useReducer, useState } from 'react';
import { previewDocument } from '../api/documents';
import { ApiError, type Problem } from '../api/problems';
import type { Row, Value } from '../api/values';
import type { Doctype, Field, Table } from '../meta/types';
import { documentBody } from './body';
import { documentFrame } from './conditions';
import { blankRow, insertRows, type KeyMaker, keyMaker, removeRow, writeField } from './document';
import { type DocumentState, documentReducer, opened } from './documentState';
import { byPath, type Findings, shownProblems } from './findings';
import type { Facts, FrameRow } from './frame';
import { isOpen, openFields } from './open';
import type { RowPath } from './paths';
import { stageOf } from './stage';

const PREVIEW_DELAY_MS = 300;

export interface Editing {
  set(path: RowPath, field: Field, value: Value): void;
  /** Adds rows (blank where none are given) at a place of the child table `field` of the row `above`. */
  insert(above: RowPath, field: Field, table: Table, at: number, rows?: readonly Row[]): void;
  remove(above: RowPath, field: Field, at: number): void;
  /** Any other change, as one step. */
  change(change: (document: Row) => Row): void;
  readonly nextKey: KeyMaker;
}

export interface OpenDocument {
  readonly doctype: Doctype;
  readonly document: Row;
  readonly saved: Row | null;
  readonly frame: FrameRow;
  readonly facts: Facts;
  readonly problems: readonly Problem[];
  readonly findings: Findings;
  readonly entries: DocumentState['entries'];
  readonly isWithheld: boolean;
  readonly isDirty: boolean;
  readonly isWorkingOut: boolean;
  /** Nobody writes in it: it is submitted or cancelled and nothing stays open, or the user may not. */
  readonly isLocked: boolean;
  /** A person has asked to change what is submitted. */
  readonly isAmending: boolean;
  /** Whether a field of the head, or a table of it, may be written now. */
  isOpen(field: string): boolean;
  readonly editing: Editing;
  body(): Record<string, unknown>;
  /** Opens a submitted document that is changed in place. */
  amend(): void;
  /** The document is on its way to be saved: what is typed from now on goes onto the saved one. */
  sent(): void;
  refuse(problems: readonly Problem[]): void;
  load(document: Row): void;
}

const NO_FACTS: Facts = {};

/** What is submitted is not worked out anew, unless it is amended: its formulas stand still. */
function isWorkedOut(doctype: Doctype, { document, isAmending }: DocumentState): boolean {
  const isDraft = typeof document.id !== 'number' || stageOf(document) === 'draft';
  return !doctype.submittable || isDraft || isAmending;
}

/** Keeps one document in hand: changes, live totals, and the server's preview of what it comes to. `made`: from another document. */
export function useDocument(doctype: Doctype, initial: Row, made = false): OpenDocument {
  const [nextKey] = useState(keyMaker);
  const reducer = useMemo(() => documentReducer(doctype, nextKey), [doctype, nextKey]);
  const [state, dispatch] = useReducer(reducer, initial, (row) =>
    opened(doctype, row, nextKey, made || typeof row.id === 'number'),
  );
  const { document, isAmending } = state;
  const fields = useMemo(
    () => openFields(doctype, document, isAmending),
    [doctype, document, isAmending],
  );
  const isLocked = fields !== 'all' && fields.size === 0;
  const isStill = isLocked || !isWorkedOut(doctype, state);
  const isWorkingOut = usePreview(doctype, state, isStill, dispatch);

  const editing = useMemo<Editing>(() => {
    const change = (make: (document: Row) => Row) => dispatch({ kind: 'change', change: make });
    return {
      nextKey,
      change,
      set: (path, field, value) =>
        change((document) => writeField(doctype, document, path, field, value)),
      insert: (above, field, table, at, rows) =>
        change((document) =>
          insertRows(document, above, field.name, at, rows ?? [blankRow(table, nextKey)]),
        ),
      remove: (above, field, at) =>
        change((document) => removeRow(document, above, field.name, at)),
    };
  }, [doctype, nextKey]);

  const frame = useMemo(() => documentFrame(doctype, state.document), [doctype, state.document]);
  const problems = useMemo(
    () => shownProblems(doctype, state.problems, state.foundIn, state.document, state.strict),
    [doctype, state.problems, state.foundIn, state.document, state.strict],
  );
  const findings = useMemo(() => byPath(problems), [problems]);

  return {
    doctype,
    document: state.document,
    saved: state.saved,
    frame,
    facts: state.facts ?? NO_FACTS,
    problems,
    findings,
    entries: state.entries,
    isWithheld: state.isWithheld,
    isDirty: state.changes > 0,
    isWorkingOut,
    isLocked,
    isAmending,
    isOpen: (field) => isOpen(fields, field),
    editing,
    body: () => documentBody(doctype, state.document, state.saved),
    amend: () => dispatch({ kind: 'amend' }),
    sent: () => dispatch({ kind: 'sent' }),
    refuse: (found) => dispatch({ kind: 'refused', problems: found }),
    load: (document) => dispatch({ kind: 'loaded', document }),
  };
}

type Dispatch = (action: Parameters<ReturnType<typeof documentReducer>>[1]) => void;

/** Asks the server, 300 ms after the last change, what the document comes to. Out: whether an answer is awaited. */
function usePreview(
  doctype: Doctype,
  state: DocumentState,
  isStill: boolean,
  dispatch: Dispatch,
): boolean {
  const [isAwaited, setAwaited] = useState(false);
  const { document, saved, changes } = state;
  const isFirst = state.facts === null;
  // Only the person's changes ask again: an answer changes the document too, and must not.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (isStill) return;
    const stop = new AbortController();
    const ask = async () => {
      setAwaited(true);
      try {
        const body = documentBody(doctype, document, saved);
        const preview = await previewDocument(doctype.route, body, stop.signal);
        dispatch({ kind: 'previewed', changes, preview });
      } catch (error) {
        if (error instanceof ApiError && error.problems.length > 0) {
          dispatch({ kind: 'found', changes, problems: error.problems });
        }
      }
      if (!stop.signal.aborted) setAwaited(false);
    };
    const timer = window.setTimeout(() => void ask(), isFirst ? 0 : PREVIEW_DELAY_MS);
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [doctype, changes, saved, isStill]);
  return isAwaited && !isStill;
}
