import { Button, Group, Modal, Text, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { getDocument } from '../api/documents';
import { getMoves, type Possible, takeWay } from '../api/moves';
import { ApiError, sentencesOf } from '../api/problems';
import { type Row, textOf } from '../api/values';
import type { Doctype, Way } from '../meta/types';
import { AskedFields, shownFields } from './AskedFields';
import { useForm } from './FormContext';

interface Offer {
  readonly way: Way;
  readonly possible: Possible;
}

/** The buttons that `moves` offers, with what each asks; those that are not possible say why. */
export function offers(doctype: Doctype, given: readonly Possible[]): readonly Offer[] {
  return given.flatMap((possible) => {
    const way = doctype.ways.find((known) => known.name === possible.name);
    return way && possible.offered ? [{ way, possible }] : [];
  });
}

/** Why a button cannot be pressed, or whose consent is still missing after it. */
export function hintOf({ possible }: Offer, isDirty = false): string {
  if (isDirty) return 'Save what you typed first.';
  if (!possible.ok) return possible.reasons.map((reason) => reason.message).join(' ');
  const left = possible.waiting.flatMap((w) => (w.people.length > 0 ? w.people : w.roles));
  return left.length > 0 ? `Waits for: ${[...new Set(left)].join(', ')}` : '';
}

/** Buttons for the transitions of a declared workflow and for actions. */
export function Ways() {
  const { doctype, document, isDirty, load } = useForm();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<Offer | null>(null);
  const id = Number(document.id);
  const query = useQuery({
    queryKey: ['moves', doctype.key, id, document.version],
    queryFn: () => getMoves(doctype.route, id),
  });
  const found = query.data;
  if (!found) return null;
  const shown = offers(doctype, [...found.transitions, ...found.actions]);
  const refresh = async () => {
    load(await getDocument(doctype.route, id));
    await queries.invalidateQueries({ queryKey: ['moves', doctype.key, id] });
    await queries.invalidateQueries({ queryKey: ['history', doctype.key, id] });
    void queries.invalidateQueries({ queryKey: ['tasks'] });
  };
  const done = async (way: Way, answer: Row) => {
    setChosen(null);
    await refresh();
    const message =
      textOf(answer.message) || `${way.label}: ${answer.moved === false ? 'noted' : 'done'}.`;
    notifications.show({ message, color: 'teal' });
  };
  return (
    <>
      {shown.map((offer) => (
        <Tooltip
          key={offer.way.name}
          label={hintOf(offer, isDirty)}
          disabled={hintOf(offer, isDirty) === ''}
          multiline
          maw={360}
        >
          <Button
            variant="default"
            data-disabled={!offer.possible.ok || isDirty || undefined}
            aria-disabled={!offer.possible.ok || isDirty}
            onClick={() => {
              if (offer.possible.ok && !isDirty) setChosen(offer);
            }}
          >
            {offer.way.label}
          </Button>
        </Tooltip>
      ))}
      {chosen ? (
        <WayDialog
          key={chosen.way.name}
          way={chosen.way}
          confirm={chosen.possible.confirm ?? ''}
          onClose={() => setChosen(null)}
          onDone={(answer) => void done(chosen.way, answer)}
          onMoved={() => void refresh()}
        />
      ) : null}
    </>
  );
}

interface DialogProps {
  readonly way: Way;
  /** What the person is asked before it is done. */
  readonly confirm: string;
  readonly onClose: () => void;
  readonly onDone: (answer: Row) => void;
  /** It was refused, and a limit sent the document another way. */
  readonly onMoved: () => void;
}

/** Asks what a transition or action wants to know, and does it. */
export function WayDialog({ way, confirm, onClose, onDone, onMoved }: DialogProps) {
  const { doctype, document } = useForm();
  const [answers, setAnswers] = useState<Row>({});
  const [failure, setFailure] = useState<readonly string[]>([]);
  const [isBusy, setBusy] = useState(false);
  // Sent again after a failure of the network, the same answers are the same request.
  const key = useRef({ body: '', key: '' });
  const goOn = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure([]);
    const body = { ...answers, version: document.version ?? null };
    const text = JSON.stringify(body);
    if (key.current.body !== text) key.current = { body: text, key: crypto.randomUUID() };
    try {
      onDone(await takeWay(doctype.route, Number(document.id), way, body, key.current.key));
    } catch (error) {
      setFailure(sentencesOf(error));
      if (error instanceof ApiError && error.moved) onMoved();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={`${way.label}?`}>
      <form onSubmit={(event) => void goOn(event)}>
        {confirm === '' ? null : (
          <Text size="sm" mb="sm">
            {confirm}
          </Text>
        )}
        <AskedFields fields={way.ask} answers={answers} onChange={setAnswers} />
        {failure.map((sentence) => (
          <Text key={sentence} size="sm" c="red" role="alert" mt="sm">
            {sentence}
          </Text>
        ))}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            Not now
          </Button>
          <Button
            type="submit"
            data-autofocus={shownFields(way.ask).length === 0 || undefined}
            loading={isBusy}
          >
            {way.label}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
