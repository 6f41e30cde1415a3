import { Button, Group, Modal, Progress, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { RowResult } from '../api/many';
import { isLink, type Row, textOf } from '../api/values';
import { useBulk } from '../core/useBulk';
import type { List } from '../core/useList';
import { AskedFields, shownFields, unanswered } from '../form/AskedFields';
import type { Doctype, Way } from '../meta/types';
import styles from './list.module.css';

interface Props {
  readonly doctype: Doctype;
  readonly way: Way;
  readonly list: List;
  readonly ids: readonly number[];
  /** With the documents with which it was not done. */
  readonly onClose: (left: readonly number[]) => void;
}

const TELLING: ReadonlySet<string> = new Set(['text', 'link', 'choice']);

/** What a row of the list is called: its number, else the first of its columns that is more than a figure. */
export function titleOf(list: List, id: number): string {
  const row = list.rows.find((one) => one.id === id);
  const telling = list.columns.filter((one) => TELLING.has(one.type) && one.name !== 'state');
  for (const { name } of row ? telling : []) {
    const value = row?.[name];
    const text = isLink(value) ? value.title : textOf(value);
    if (text !== '') return text;
  }
  return `#${String(id)}`;
}

/** Asks once what it wants to know, does it with every document, and says what became of each. */
export function BulkDialog({ doctype, way, list, ids: chosen, onClose }: Props) {
  // What is chosen meanwhile, or no more on the screen, does not change what this is about.
  const [ids] = useState(chosen);
  const [titles] = useState(() => new Map(ids.map((id) => [id, titleOf(list, id)])));
  const [answers, setAnswers] = useState<Row>({});
  const [missing, setMissing] = useState<readonly string[]>([]);
  const queries = useQueryClient();
  const bulk = useBulk(doctype, way, ids);
  const done = bulk.results.filter((result) => result.isDone).length;
  const what = ids.length === 1 ? doctype.label : doctype.plural;

  const start = async (event: FormEvent) => {
    event.preventDefault();
    const open = unanswered(way.ask, answers);
    setMissing(open);
    if (open.length > 0) return;
    await bulk.start(answers);
    list.retry();
    for (const key of ['together', 'moves', 'history', 'tasks', 'document'])
      void queries.invalidateQueries({ queryKey: [key] });
  };
  const close = () => {
    if (bulk.isRunning) return;
    const good = new Set(bulk.results.filter((one) => one.isDone).map((one) => one.id));
    onClose(ids.filter((id) => !good.has(id)));
  };
  const isAsking = !bulk.isRunning && !bulk.isOver;
  return (
    <Modal
      opened
      onClose={close}
      closeOnClickOutside={isAsking}
      withCloseButton={!bulk.isRunning}
      title={`${way.label}: ${String(ids.length)} ${what}`}
      size="lg"
    >
      <form onSubmit={(event) => void start(event)}>
        {isAsking ? (
          <>
            <AskedFields fields={way.ask} answers={answers} onChange={setAnswers} />
            {shownFields(way.ask).length === 0 ? (
              <Text size="sm">
                Each document is done for itself; what is refused stays as it is.
              </Text>
            ) : null}
            {missing.length > 0 ? (
              <Text size="sm" c="red" role="alert" mt="sm">
                Fill in {missing.join(', ')}.
              </Text>
            ) : null}
          </>
        ) : (
          <Outcome
            doctype={doctype}
            results={bulk.results}
            titles={titles}
            total={ids.length}
            isRunning={bulk.isRunning}
          />
        )}
        {bulk.failure.map((sentence) => (
          <Text key={sentence} size="sm" c="red" role="alert" mt="sm">
            {sentence}
          </Text>
        ))}
        {bulk.isOver && bulk.results.length < ids.length ? (
          <Text size="sm" mt="sm">
            {way.later && bulk.failure.length === 0
              ? 'It goes on in the background.'
              : `${String(ids.length - bulk.results.length)} were not begun.`}
          </Text>
        ) : null}
        <Group justify="flex-end" mt="md">
          {isAsking ? (
            <>
              <Button variant="default" onClick={close}>
                Not now
              </Button>
              <Button type="submit" data-autofocus={shownFields(way.ask).length === 0 || undefined}>
                {ids.length === 1 ? way.label : `${way.label} all ${String(ids.length)}`}
              </Button>
            </>
          ) : bulk.isRunning ? (
            <Button variant="default" onClick={bulk.stop}>
              {way.later ? 'Do not wait' : 'Stop'}
            </Button>
          ) : (
            <Button onClick={close} data-autofocus>
              Close
            </Button>
          )}
        </Group>
      </form>
      <span className="visually-hidden" role="status">
        {bulk.isOver ? `Done with ${String(done)} of ${String(ids.length)}.` : ''}
      </span>
    </Modal>
  );
}

interface OutcomeProps {
  readonly doctype: Doctype;
  readonly results: readonly RowResult[];
  readonly titles: ReadonlyMap<number, string>;
  readonly total: number;
  readonly isRunning: boolean;
}

function Outcome({ doctype, results, titles, total, isRunning }: OutcomeProps) {
  const refused = results.filter((result) => !result.isDone).length;
  const good = results.length - refused;
  return (
    <>
      <Text size="sm" mb="xs">
        {results.length} of {total}
        {isRunning ? '…' : ''}
        {results.length > 0 ? `: ${String(good)} done, ${String(refused)} refused` : ''}
      </Text>
      <Progress.Root aria-label="How far it is">
        <Progress.Section value={(100 * good) / total} color="teal" aria-label="Done" />
        <Progress.Section value={(100 * refused) / total} color="red" aria-label="Refused" />
      </Progress.Root>
      <ul className={styles.outcome} aria-label="What became of each">
        {results.map((result) => (
          <li key={result.id} data-done={result.isDone || undefined}>
            <Link to="/doc/$doctype/$id" params={{ doctype: doctype.key, id: String(result.id) }}>
              {titles.get(result.id)}
            </Link>
            <div>
              {(result.sentences.length > 0 ? result.sentences : ['Done.']).map((sentence) => (
                <p key={sentence}>{sentence}</p>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
