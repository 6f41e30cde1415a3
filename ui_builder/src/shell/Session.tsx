import { useQuery, useQueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { client } from '../api/client';
import { ApiError } from '../api/problems';
import { fetchMeta, signOut } from '../api/session';
import { MetaContext } from '../meta/MetaContext';
import { resolveMeta } from '../meta/resolve';
import { Failure } from '../ui/Failure';
import { Waiting } from '../ui/Waiting';
import { ConfirmDialog } from './ConfirmDialog';
import { rememberCompany, rememberedCompany } from './company';
import { LoginPage } from './LoginPage';
import { makeRouter } from './router';
import { SessionContext, type SessionValue } from './SessionContext';

/** Who is at the screen, for which company, with which catalog; the log-in page until that is known. */
export function Session() {
  const queries = useQueryClient();
  const [company, setCompany] = useState<number | null>(rememberedCompany);
  client.company = company;
  const router = useMemo(makeRouter, []);

  const meta = useQuery({
    queryKey: ['meta', company],
    queryFn: async () => resolveMeta(await fetchMeta()),
    staleTime: 60_000,
    placeholderData: (before) => before,
  });

  useEffect(() => {
    client.onSignedOut = () => void queries.invalidateQueries({ queryKey: ['meta'] });
  }, [queries]);

  const choose = useCallback(
    (id: number | null) => {
      rememberCompany(id);
      client.company = id;
      setCompany(id);
      void router.navigate({ to: '/' });
      void queries.resetQueries({ predicate: (query) => query.queryKey[0] !== 'meta' });
    },
    [queries, router],
  );

  const leave = useCallback(async () => {
    await signOut().catch(() => undefined);
    rememberCompany(null);
    client.company = null;
    setCompany(null);
    // What the screen looks at is asked again, and so the log-in page comes up.
    await queries.resetQueries();
  }, [queries]);

  // A remembered company the user has no longer: forget it and take their first.
  const isForeign = meta.error instanceof ApiError && meta.error.status === 403 && company !== null;
  useEffect(() => {
    if (isForeign) choose(null);
  }, [isForeign, choose]);

  const user = meta.data?.user;
  const current = user?.companies.find((one) => one.id === company) ?? user?.companies[0] ?? null;
  const value = useMemo<SessionValue>(
    () => ({ company: current, choose, leave }),
    [current, choose, leave],
  );

  if (meta.error instanceof ApiError && meta.error.status === 401) {
    return <LoginPage onDone={() => void queries.resetQueries()} />;
  }
  if (meta.error && !isForeign)
    return <Failure error={meta.error} onRetry={() => void meta.refetch()} />;
  if (!meta.data) return <Waiting what="Loading the application" />;
  return (
    <SessionContext value={value}>
      <MetaContext value={meta.data}>
        <RouterProvider router={router} />
        <ConfirmDialog />
      </MetaContext>
    </SessionContext>
  );
}
