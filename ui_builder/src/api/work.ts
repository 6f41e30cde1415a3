/** What waits for the person, and who stands in for them. */
import { client } from './client';

/** A consent that a document waits for. */
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
