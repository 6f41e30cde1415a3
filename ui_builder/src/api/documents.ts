/** Documents, lists, reports and the session over REST; see the routes of the server's OpenAPI document. */
import { client } from './client';
import { type Problem, toProblem } from './problems';
import type { Row } from './values';

export interface Page {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

export interface ListAsk {
  readonly fields?: string;
  readonly filter?: string;
  readonly search?: string;
  readonly sort?: string;
  readonly limit: number;
  readonly cursor?: string;
}

export function listDocuments(route: string, ask: ListAsk, signal?: AbortSignal): Promise<Page> {
  const query = { ...ask, limit: String(ask.limit) };
  return client.call<Page>(route, signal ? { query, signal } : { query });
}

export function getDocument(route: string, id: number): Promise<Row> {
  return client.call<Row>(`${route}/${String(id)}`);
}

/** In: where it is made from, like `sales/orders/7`. Out: an unsaved document with its defaults. */
export function newDocument(route: string, from?: string): Promise<Row> {
  return client.call<Row>(`${route}/new`, { query: { from } });
}

export function createDocument(
  route: string,
  body: unknown,
  key: string,
  submit: boolean,
): Promise<Row> {
  const query = { submit: submit ? 'true' : undefined };
  return client.call<Row>(route, {
    method: 'POST',
    body,
    query,
    headers: { 'Idempotency-Key': key },
  });
}

export function changeDocument(route: string, id: number, body: unknown): Promise<Row> {
  return client.call<Row>(`${route}/${String(id)}`, { method: 'PATCH', body });
}

export async function deleteDocument(route: string, id: number): Promise<void> {
  await client.call<null>(`${route}/${String(id)}`, { method: 'DELETE' });
}

export interface Move {
  readonly version: number;
  readonly reason?: string;
}

export function moveDocument(
  route: string,
  id: number,
  move: 'submit' | 'cancel' | 'amend',
  body: Move,
  key: string,
): Promise<Row> {
  const headers = { 'Idempotency-Key': key };
  return client.call<Row>(`${route}/${String(id)}/${move}`, { method: 'POST', body, headers });
}

export interface Column {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly scale?: number;
}

export interface LedgerEffects {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly entries: readonly Row[];
}

export interface Effects {
  /** There are entries in ledgers that the person may not read. */
  readonly withheld?: boolean;
  readonly ledgers: Readonly<Record<string, LedgerEffects>>;
}

export function getEffects(route: string, id: number): Promise<Effects> {
  return client.call<Effects>(`${route}/${String(id)}/effects`);
}

export interface Preview {
  readonly document: Row;
  readonly entries: Readonly<Record<string, unknown>>;
  /** There would be entries in ledgers that the person may not read. */
  readonly withheld?: boolean;
  readonly problems: readonly Problem[];
  readonly facts: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>
  >;
}

export async function previewDocument(
  route: string,
  body: unknown,
  signal: AbortSignal,
): Promise<Preview> {
  const answer = await client.call<Partial<Preview>>(`${route}/preview`, {
    method: 'POST',
    body,
    signal,
  });
  return {
    document: answer.document ?? {},
    entries: answer.entries ?? {},
    withheld: answer.withheld === true,
    problems: (answer.problems ?? []).map(toProblem),
    facts: answer.facts ?? {},
  };
}

export interface Drill {
  readonly report?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly route?: string;
  readonly id?: number;
}

export interface ReportAnswer {
  readonly report: string;
  readonly columns: readonly (Column & { readonly link?: unknown; readonly total?: boolean })[];
  readonly rows: readonly Row[];
  readonly totals?: Row | null;
  readonly opening?: Row | null;
  readonly closing?: Row | null;
  /** The parameters as the server understood them, defaults filled in. */
  readonly asked?: Row | null;
}

export function runReport(
  key: string,
  query: Readonly<Record<string, string | undefined>>,
): Promise<ReportAnswer> {
  return client.call<ReportAnswer>(`reports/${key}`, { query });
}
