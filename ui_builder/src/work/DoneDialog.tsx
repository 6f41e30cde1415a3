import { Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { sentenceOf } from '../api/problems';
import { taskDone } from '../api/work';

interface Props {
  readonly id: number;
  /** What was passed, in words. */
  readonly said: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Asks what a person did about a limit that was passed; it is no task any more then. */
export function DoneDialog({ id, said, onClose, onDone }: Props) {
  const [note, setNote] = useState('');
  const [failure, setFailure] = useState('');
  const [isBusy, setBusy] = useState(false);
  const finish = async (event: FormEvent) => {
    event.preventDefault();
    if (note.trim() === '') return setFailure('Say what was done about it.');
    setBusy(true);
    setFailure('');
    try {
      await taskDone(id, note.trim());
      onDone();
    } catch (error) {
      setFailure(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title="Done?">
      <form aria-label="Done" onSubmit={(event) => void finish(event)}>
        <Text size="sm" mb="sm">
          {said}
        </Text>
        <Textarea
          label="What was done about it"
          rows={3}
          maxLength={2000}
          data-autofocus
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {failure === '' ? null : (
          <Text size="sm" c="red" role="alert" mt="sm">
            {failure}
          </Text>
        )}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            Not yet
          </Button>
          <Button type="submit" loading={isBusy}>
            Done
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
