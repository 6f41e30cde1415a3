import { Button, Group, Modal, Text } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { client, type Passes } from '../api/client';
import type { Problem } from '../api/problems';
import type { Row } from '../api/values';
import { AskedFields, shownFields, unanswered } from '../form/AskedFields';
import { useMeta } from '../meta/MetaContext';
import type { Limit } from '../meta/types';

interface Waiting {
  readonly problem: Problem;
  readonly limit: Limit;
  answer(said: Row | null): void;
}

/** A limit that the user may go beyond stands in the way: what it says, what it asks, and whether to go on. */
export function PassDialog() {
  const { limits } = useMeta();
  const [waiting, setWaiting] = useState<Waiting | null>(null);

  useEffect(() => {
    const ask = (problem: Problem, limit: Limit) =>
      new Promise<Row | null>((resolve) => {
        const answer = (said: Row | null) => {
          setWaiting(null);
          resolve(said);
        };
        setWaiting({ problem, limit, answer });
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

  return waiting ? <Question key={waiting.limit.label} {...waiting} /> : null;
}

function Question({ problem, limit, answer }: Waiting) {
  const [answers, setAnswers] = useState<Row>({});
  const [missing, setMissing] = useState<readonly string[]>([]);
  const goOn = (event: FormEvent) => {
    event.preventDefault();
    const left = unanswered(limit.ask, answers);
    setMissing(left);
    if (left.length === 0) answer(answers);
  };
  return (
    <Modal opened onClose={() => answer(null)} title={`Go beyond ${limit.label}?`}>
      <form onSubmit={goOn}>
        <Text size="sm" mb="sm">
          {problem.message}
        </Text>
        <AskedFields fields={limit.ask} answers={answers} onChange={setAnswers} />
        {missing.length > 0 ? (
          <Text size="sm" c="red" role="alert" mt="sm">
            Fill in: {missing.join(', ')}.
          </Text>
        ) : null}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => answer(null)}>
            Go back
          </Button>
          <Button type="submit" data-autofocus={shownFields(limit.ask).length === 0 || undefined}>
            Go on knowingly
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
