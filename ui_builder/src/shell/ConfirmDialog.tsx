import { Button, Group, List, Modal, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { client } from '../api/client';
import type { Problem } from '../api/problems';

interface Asked {
  readonly problems: readonly Problem[];
  answer(goOn: boolean): void;
}

/** What the server does only knowingly, whoever sent it: the sentences, and whether to go on. */
export function ConfirmDialog() {
  const [asked, setAsked] = useState<Asked | null>(null);

  useEffect(() => {
    client.onConfirm = (problems) =>
      new Promise((resolve) => {
        setAsked({
          problems,
          answer: (goOn) => {
            setAsked(null);
            resolve(goOn);
          },
        });
      });
    return () => {
      client.onConfirm = () => Promise.resolve(false);
    };
  }, []);

  if (!asked) return null;
  return (
    <Modal opened onClose={() => asked.answer(false)} title="Go on?">
      <List size="sm" spacing="xs">
        {asked.problems.map((problem) => (
          <List.Item key={problem.confirmation ?? problem.message}>
            {problem.message}
            {problem.hint ? (
              <Text size="xs" c="dimmed">
                {problem.hint}
              </Text>
            ) : null}
          </List.Item>
        ))}
      </List>
      <Group justify="flex-end" mt="md">
        <Button variant="default" data-autofocus onClick={() => asked.answer(false)}>
          Go back
        </Button>
        <Button onClick={() => asked.answer(true)}>Go on knowingly</Button>
      </Group>
    </Modal>
  );
}
