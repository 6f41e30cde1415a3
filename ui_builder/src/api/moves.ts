/** What can be done with a document beyond saving it: transitions of its workflow, and actions. */
import { client } from './client';
import type { Row } from './values';

export interface Reason {
  readonly code: string;
  readonly message: string;
}

export interface Waiting {
  readonly need: string;
  readonly people: readonly string[];
  readonly roles: readonly string[];
  readonly count: number;
}

export interface Possible {
  readonly name: string;
  readonly label: string;
  readonly ok: boolean;
  readonly offered: boolean;
  readonly reasons: readonly Reason[];
  readonly waiting: readonly Waiting[];
  /** What the person is asked before it is done; empty where nothing is. */
  readonly confirm?: string;
}

export interface Moves {
  readonly state: { readonly name: string; readonly label: string; readonly colour: string };
  readonly transitions: readonly Possible[];
  readonly actions: readonly Possible[];
}

export interface Happened {
  readonly action: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly changes: Readonly<Record<string, unknown>>;
}

export function getMoves(route: string, id: number): Promise<Moves> {
  return client.call<Moves>(`${route}/${String(id)}/moves`);
}

export async function getHistory(route: string, id: number): Promise<readonly Happened[]> {
  const answer = await client.call<{ history: readonly Happened[] }>(
    `${route}/${String(id)}/history`,
  );
  return answer.history;
}

/** In: the address behind the document, and the answers to what was asked. Out: what the server answers. */
export function takeWay(
  route: string,
  id: number,
  way: { readonly route: string; readonly method: 'POST' | 'PUT' },
  body: Row,
  key: string,
): Promise<Row> {
  const headers = { 'Idempotency-Key': key };
  return client.call<Row>(`${route}/${String(id)}/${way.route}`, {
    method: way.method,
    body,
    headers,
  });
}
