/** Bringing a submitted document under the rules and masters of today: looked at, then done as it was seen. */
import { client } from './client';
import type { LedgerEffects } from './documents';
import { type Problem, toProblem } from './problems';
import type { Row, Value } from './values';

export interface FieldChange {
  readonly path: string;
  readonly label: string;
  readonly old: Value;
  readonly new: Value;
}

export interface RowChange {
  readonly path: string;
  readonly is: 'new' | 'gone';
  readonly row: Row;
}

export interface Difference {
  readonly version: number;
  /** Sent back to have it done. */
  readonly seen: string;
  /** The document comes out as it stands. */
  readonly nothing: boolean;
  readonly fields: readonly FieldChange[];
  readonly rows: readonly RowChange[];
  readonly ledgers: Readonly<Record<string, LedgerEffects>>;
  /** There would be entries in ledgers that the person may not read. */
  readonly withheld: boolean;
  readonly problems: readonly Problem[];
}

export async function getDifference(route: string, id: number): Promise<Difference> {
  const answer = await client.call<Difference>(`${route}/${String(id)}/rederive`);
  return { ...answer, problems: answer.problems.map(toProblem) };
}

export function rederive(
  route: string,
  id: number,
  { version, seen }: Pick<Difference, 'version' | 'seen'>,
  reason: string,
): Promise<Row> {
  const body = { version, seen, ...(reason ? { reason } : {}) };
  return client.call<Row>(`${route}/${String(id)}/rederive`, { method: 'POST', body });
}
