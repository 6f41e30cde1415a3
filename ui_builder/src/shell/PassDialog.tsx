import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { client, type Passes } from '../api/client';
import type { Problem } from '../api/problems';
import type { Row } from '../api/values';
import { useMeta } from '../meta/MetaContext';
import type { Limit } from '../meta/types';
import type { Waiting } from './PassQuestion';

const PassQuestion = lazy(() =>
  import('./PassQuestion').then((module) => ({ default: module.PassQuestion })),
);

/** A limit that the user may go beyond stands in the way: what it says, what it asks, and whether to go on. */
export function PassDialog() {
  const { limits } = useMeta();
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const open = useRef<Waiting | null>(null);

  useEffect(() => {
    const ask = (problem: Problem, limit: Limit) =>
      new Promise<Row | null>((resolve) => {
        const answer = (said: Row | null) => {
          open.current = null;
          setWaiting(null);
          resolve(said);
        };
        // One question at a time: whoever asked before is not left waiting.
        open.current?.answer(null);
        open.current = { problem, limit, answer };
        setWaiting(open.current);
      });
    client.onPass = async (problems) => {
      const keys = [...new Set(problems.map((problem) => problem.pass?.limit ?? ''))];
      if (!keys.every((key) => key in limits)) return null;
      const passes: Record<string, Row> = {};
      for (const key of keys) {
        const problem = problems.find((one) => one.pass?.limit === key);
        const limit = limits[key];
        const said = problem && limit ? await ask(problem, limit) : null;
        if (said === null) return null;
        passes[key] = said;
      }
      return passes satisfies Passes;
    };
    return () => {
      client.onPass = () => Promise.resolve(null);
    };
  }, [limits]);

  if (waiting === null) return null;
  return (
    <Suspense fallback={null}>
      <PassQuestion key={waiting.problem.pass?.limit} {...waiting} />
    </Suspense>
  );
}
