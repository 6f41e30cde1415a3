import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import {
  changeDocument,
  createDocument,
  deleteDocument,
  getDocument,
  moveDocument,
} from '../api/documents';
import { ApiError, sentenceOf } from '../api/problems';
import type { Row } from '../api/values';
import type { OpenDocument } from './useDocument';

export interface DocumentActions {
  readonly isBusy: boolean;
  /** What went wrong last, in the server's words. */
  readonly failure: string | null;
  /** The document was changed by someone else; only loading it again helps. */
  readonly isStale: boolean;
  save(): Promise<Row | null>;
  submit(): Promise<Row | null>;
  cancel(reason: string): Promise<Row | null>;
  /** Puts another document in the place of this one; its draft. */
  amend(reason: string): Promise<Row | null>;
  remove(): Promise<boolean>;
  dismiss(): void;
}

interface Sent {
  readonly body: string;
  readonly key: string;
}

function versionOf(row: Row): number {
  return typeof row.version === 'number' ? row.version : 0;
}

/** Saving and moving a document. A body that is sent again carries the same idempotency key. */
export function useDocumentActions(open: OpenDocument): DocumentActions {
  const queries = useQueryClient();
  const lastSent = useRef<Sent>({ body: '', key: '' });
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [isStale, setStale] = useState(false);
  const { doctype } = open;

  const keyFor = (what: string, body: unknown): string => {
    const text = what + JSON.stringify(body);
    if (lastSent.current.body !== text) lastSent.current = { body: text, key: newKey() };
    return lastSent.current.key;
  };

  const dismiss = () => {
    setFailure(null);
    setStale(false);
  };

  const attempt = async <T>(work: () => Promise<T>): Promise<T | null> => {
    if (isBusy) return null;
    setBusy(true);
    dismiss();
    try {
      const result = await work();
      await queries.invalidateQueries({ queryKey: ['list'] });
      void queries.invalidateQueries({ queryKey: ['report'] });
      return result;
    } catch (error) {
      setFailure(sentenceOf(error));
      setStale(error instanceof ApiError && error.status === 409);
      if (error instanceof ApiError) open.refuse(error.problems);
      return null;
    } finally {
      setBusy(false);
    }
  };

  const write = async (submit: boolean): Promise<Row> => {
    const body = open.body();
    open.sent();
    const id = open.document.id;
    if (typeof id === 'number') return changeDocument(doctype.route, id, body);
    return createDocument(doctype.route, body, keyFor(submit ? 'submit' : 'save', body), submit);
  };

  const move = async (
    row: Row,
    what: 'submit' | 'cancel' | 'amend',
    reason?: string,
  ): Promise<Row> => {
    const body = { version: versionOf(row), ...(reason ? { reason } : {}) };
    const moved = await moveDocument(
      doctype.route,
      Number(row.id),
      what,
      body,
      keyFor(what + String(row.id), body),
    );
    void queries.invalidateQueries({ queryKey: ['effects'] });
    return moved;
  };

  /** What is worked out only when asked (balances) stands in the document as it is read, not in the answer to a write. */
  const taken = async (row: Row): Promise<Row> => {
    const whole = await getDocument(doctype.route, Number(row.id)).catch(() => row);
    open.load(whole);
    return whole;
  };

  return {
    isBusy,
    failure,
    isStale,
    dismiss,
    save: () => attempt(async () => taken(await write(false))),
    submit: () =>
      attempt(async () => {
        if (typeof open.document.id !== 'number') return taken(await write(true));
        const row = open.isDirty ? await taken(await write(false)) : open.document;
        return taken(await move(row, 'submit'));
      }),
    cancel: (reason) => attempt(async () => taken(await move(open.document, 'cancel', reason))),
    amend: (reason) => attempt(async () => move(open.document, 'amend', reason)),
    remove: async () => {
      const done = await attempt(async () => {
        await deleteDocument(doctype.route, Number(open.document.id));
        return true;
      });
      return done === true;
    },
  };
}

function newKey(): string {
  const random = crypto.getRandomValues(new Uint32Array(4));
  return [...random].map((part) => part.toString(16).padStart(8, '0')).join('');
}
