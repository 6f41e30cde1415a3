/** Doing one thing with many documents: in parts, so that it is seen how far it is, or as a job that is asked. */
import { useCallback, useRef, useState } from 'react';
import { beginWithMany, doWithMany, getJob, type RowResult } from '../api/many';
import { sentencesOf } from '../api/problems';
import type { Row } from '../api/values';
import type { Doctype, Way } from '../meta/types';

const PART = 10;
const ASK_AGAIN_MS = 700;

export interface Bulk {
  readonly results: readonly RowResult[];
  readonly isRunning: boolean;
  readonly isOver: boolean;
  /** Why it broke off; what is in `results` is done all the same. */
  readonly failure: readonly string[];
  start(answers: Row): Promise<void>;
  /** No more documents are begun; what is in the background goes on. */
  stop(): void;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));

export function useBulk(doctype: Doctype, way: Way, ids: readonly number[]): Bulk {
  const [results, setResults] = useState<readonly RowResult[]>([]);
  const [phase, setPhase] = useState<'asking' | 'running' | 'over'>('asking');
  const [failure, setFailure] = useState<readonly string[]>([]);
  const isStopped = useRef(false);

  const inParts = useCallback(
    async (answers: Row) => {
      for (let at = 0; at < ids.length && !isStopped.current; at += PART) {
        const part = await doWithMany(doctype.route, way, ids.slice(at, at + PART), answers);
        setResults((known) => [...known, ...part]);
      }
    },
    [doctype, way, ids],
  );
  const inBackground = useCallback(
    async (answers: Row) => {
      let job = await beginWithMany(doctype.route, way, ids, answers);
      while ((job.state === 'waiting' || job.state === 'running') && !isStopped.current) {
        setResults(job.results);
        await pause();
        job = await getJob(job.address);
      }
      setResults(job.results);
      if (job.error !== '') setFailure([job.error]);
    },
    [doctype, way, ids],
  );
  const start = useCallback(
    async (answers: Row) => {
      isStopped.current = false;
      setFailure([]);
      setPhase('running');
      try {
        await (way.later ? inBackground(answers) : inParts(answers));
      } catch (error) {
        setFailure(sentencesOf(error));
      } finally {
        setPhase('over');
      }
    },
    [way, inBackground, inParts],
  );
  const stop = useCallback(() => {
    isStopped.current = true;
  }, []);
  return {
    results,
    failure,
    isRunning: phase === 'running',
    isOver: phase === 'over',
    start,
    stop,
  };
}
