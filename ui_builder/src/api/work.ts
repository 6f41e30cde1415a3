/** What waits for the person, and who stands in for them. */
import { client } from './client';

/** A limit that a document passed, because it had happened already. */
export interface Breach {
  /** What is limited, in words, and of what. */
  readonly name: string;
  readonly key: string;
  readonly measured: string;
  readonly allowed: string;
  /** The sentence of a refusal. */
  readonly said: string;
  readonly brought_by: string;
}

/** What waits for the person: a consent, or a breach to see to. */
export interface Task {
  readonly id: number;
  /** Key of the doctype. */
  readonly doctype: string;
  readonly label: string;
  readonly document: number;
  readonly title: string;
  readonly transition_label: string;
  /** Who is asked: a log-in name, or else anybody of the role. */
  readonly person: string;
  readonly role: string;
  /** Who was late, so that `person` is asked in their place. */
  readonly place: string;
  readonly since: string;
  readonly breach?: Breach | null;
}

export interface StandIn {
  readonly id: number;
  readonly stand_in: string;
  readonly from_date: string;
  readonly to_date: string;
  /** Labels of doctypes that the stand-in may not read, and so is not asked about. */
  readonly unread?: readonly string[];
}

interface StandIns {
  readonly stand_ins: readonly StandIn[];
}

export async function getTasks(): Promise<readonly Task[]> {
  return (await client.call<{ readonly tasks: readonly Task[] }>('tasks')).tasks;
}

/** The person has seen to a breach; `note` says how. */
export async function taskDone(id: number, note: string): Promise<void> {
  await client.call<unknown>(`tasks/${String(id)}/done`, { method: 'POST', body: { note } });
}

export async function getStandIns(): Promise<readonly StandIn[]> {
  return (await client.call<StandIns>('stand-ins')).stand_ins;
}

export async function nameStandIn(
  named: Omit<StandIn, 'id' | 'unread'>,
): Promise<readonly StandIn[]> {
  return (await client.call<StandIns>('stand-ins', { method: 'POST', body: named })).stand_ins;
}

export async function endStandIn(id: number): Promise<void> {
  await client.call<null>('stand-ins', { method: 'DELETE', query: { id: String(id) } });
}
