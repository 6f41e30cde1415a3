/** Why a field holds what it holds. */
import { client } from './client';

export interface ExplainedInput {
  readonly text: string;
  readonly value: unknown;
  readonly title?: string;
  /** The value is left out: it is read of records that the user may not read. */
  readonly withheld?: boolean;
}

export interface Explained {
  readonly field: string;
  /** Who wrote it: person, formula, rules, tax, distribute, rows, pair, or source (a part of another row). */
  readonly by: string;
  /** The formula, or what the step works on. */
  readonly text: string;
  readonly step: string;
  /** Why a rule set answered as it did. */
  readonly because: string;
  readonly inputs: readonly ExplainedInput[];
}

/** Of a stored document. */
export function getExplained(route: string, id: number, field: string): Promise<Explained> {
  return client.call<Explained>(`${route}/${String(id)}/explain`, { query: { field } });
}

/** Of a document as it stands on the screen, without saving it. */
export async function explainDraft(
  route: string,
  body: unknown,
  field: string,
): Promise<Explained> {
  const answer = await client.call<{ readonly explained: Explained }>(`${route}/preview`, {
    method: 'POST',
    body,
    query: { field },
  });
  return answer.explained;
}
