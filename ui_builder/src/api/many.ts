/** What is done with several documents at once: what they allow, and what became of each. */
import type { Way } from '../meta/types';
import { client } from './client';
import { sentencesOf, toApiError } from './problems';
import { type Row, textOf } from './values';

export const MOST_AT_ONCE = 200;

export interface WayOfMany {
  readonly name: string;
  readonly label: string;
  /** With so many of them it can be done. */
  readonly able: number;
  readonly reasons: readonly { readonly message: string; readonly count: number }[];
}

export interface Together {
  readonly total: number;
  readonly transitions: readonly WayOfMany[];
  readonly actions: readonly WayOfMany[];
}

/** What became of one document. */
export interface RowResult {
  readonly id: number;
  readonly isDone: boolean;
  /** What is said of it: what was answered, or what stood in the way, with the way out. */
  readonly sentences: readonly string[];
}

/** Work in the background, and how far it is. */
export interface Job {
  readonly address: string;
  readonly state: 'waiting' | 'running' | 'finished' | 'failed';
  readonly results: readonly RowResult[];
  readonly error: string;
}

export function getTogether(route: string, ids: readonly number[]): Promise<Together> {
  return client.call<Together>(`${route}/moves`, { method: 'POST', body: { documents: ids } });
}

function said(answer: unknown): readonly string[] {
  const given = (answer ?? {}) as Row;
  if (given.moved === false) return ['Noted; other consents are missing.'];
  return textOf(given.message) === '' ? [] : [textOf(given.message)];
}

function refused(status: number, problem: object, row: Row): readonly string[] {
  return sentencesOf(toApiError(status, { ...problem, answer: row.answer, moved: row.moved }));
}

/** One of `results`: as an answer has it, with a status, or as a job keeps it. */
function result(row: Row): RowResult {
  const status = Number(row.status ?? 0);
  const isDone = row.ok === true || (status >= 200 && status < 300);
  const problem = (row.problem ?? { detail: row.detail, problems: row.problems }) as object;
  const sentences = isDone ? said(row.answer) : refused(status, problem, row);
  return { id: Number(row.id), isDone, sentences };
}

function job(given: Row): Job {
  return {
    address: textOf(given.address),
    state: given.state as Job['state'],
    results: ((given.results ?? []) as unknown as Row[]).map(result),
    error: textOf(given.error),
  };
}

/** In: what is done, with which documents, and what was answered to its question. Out: what became of each. */
export async function doWithMany(
  route: string,
  way: Way,
  ids: readonly number[],
  answers: Row,
): Promise<readonly RowResult[]> {
  const body = { ...answers, documents: ids };
  const found = await client.call<Row>(`${route}/${way.route}`, { method: 'POST', body });
  return ((found.results ?? []) as unknown as Row[]).map(result);
}

/** The same in the background. */
export async function beginWithMany(
  route: string,
  way: Way,
  ids: readonly number[],
  answers: Row,
): Promise<Job> {
  const body = { ...answers, documents: ids };
  return job(await client.call<Row>(`${route}/${way.route}`, { method: 'POST', body }));
}

export async function getJob(address: string): Promise<Job> {
  return job(await client.call<Row>(address.replace(/^\/api\//, '')));
}
