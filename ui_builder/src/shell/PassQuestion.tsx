import { Button, Group, Modal, Text } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Problem } from '../api/problems';
import type { Row } from '../api/values';
import { AskedFields, shownFields, unanswered } from '../form/AskedFields';
import type { Limit } from '../meta/types';

export interface Waiting {
  readonly problem: Problem;
  readonly limit: Limit;
  answer(said: Row | null): void;
}

/** What a limit says and asks before a person goes beyond it; null where they do not. */
export function PassQuestion({ problem, limit, answer }: Waiting) {
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
