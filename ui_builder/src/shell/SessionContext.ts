import { createContext, useContext } from 'react';
import type { Company } from '../meta/types';

export interface SessionValue {
  readonly company: Company | null;
  choose(id: number): void;
  leave(): Promise<void>;
}

export const SessionContext = createContext<SessionValue | null>(null);

export function useSession(): SessionValue {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession stands outside of the session.');
  return session;
}
