import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { getDocument } from '../api/documents';
import { isLink, type Row, textOf, type Value } from '../api/values';
import { kindOf } from '../fields/kinds';
import { useMeta } from '../meta/MetaContext';
import type { Field, Report } from '../meta/types';
import { RefreshIcon } from '../ui/icons';
import styles from './report.module.css';

interface Props {
  readonly report: Report;
  readonly ask: Readonly<Record<string, string>>;
  /** The parameters as the server understood them. */
  readonly asked: Row | null;
  readonly isBusy: boolean;
  readonly onRun: (ask: Readonly<Record<string, string>>) => void;
}

function toText(value: Value): string {
  if (isLink(value)) return String(value.id);
  return value === null || value === undefined ? '' : String(value);
}

function given(field: Field, text: string | undefined, asked: Value): Value {
  if (text === undefined) return asked ?? field.default;
  if (field.type === 'boolean') return text === 'true';
  if (field.type === 'link')
    return isLink(asked) && String(asked.id) === text ? asked : { id: Number(text), title: '' };
  return text;
}

/** The title of a record that an address names only by id. */
function useTitle(field: Field, value: Value): Value {
  const meta = useMeta();
  const doctype = meta.doctypes[field.link[0]?.doctype ?? ''];
  const isNameless =
    isLink(value) && value.title === '' && doctype !== undefined && Number.isInteger(value.id);
  const query = useQuery({
    queryKey: ['title', doctype?.key, isLink(value) ? value.id : 0],
    queryFn: () => getDocument(doctype?.route ?? '', isLink(value) ? value.id : 0),
    enabled: isNameless,
    staleTime: 60_000,
  });
  if (!isNameless || !isLink(value)) return value;
  return { ...value, title: query.data ? textOf(query.data[doctype.titleField]) : '…' };
}

function Question({
  field,
  value,
  onChange,
}: {
  readonly field: Field;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}) {
  const kind = kindOf(field.type);
  const shown = useTitle(field, value);
  const id = `ask-${field.name}`;
  return (
    <div className={styles.question} data-type={field.type}>
      <label htmlFor={id}>{field.label}</label>
      <kind.Input
        field={field}
        value={shown}
        onChange={onChange}
        id={id}
        isRequired={field.required}
      />
    </div>
  );
}

/** What a report asks before it answers. */
export function AskBar({ report, ask, asked, isBusy, onRun }: Props) {
  const [changed, setChanged] = useState<Readonly<Record<string, Value>>>({});
  const questions = report.ask.filter((field) => field.name !== 'company');
  const value = (field: Field): Value =>
    field.name in changed
      ? changed[field.name]
      : given(field, ask[field.name], asked?.[field.name]);

  const run = (event: FormEvent) => {
    event.preventDefault();
    const next: Record<string, string> = {};
    for (const field of questions) {
      const text = field.name in changed ? toText(changed[field.name]) : (ask[field.name] ?? '');
      if (text !== '') next[field.name] = text;
    }
    onRun(next);
  };

  return (
    <form className={styles.ask} onSubmit={run} aria-label="Parameters">
      {questions.map((field) => (
        <Question
          key={field.name}
          field={field}
          value={value(field)}
          onChange={(next) => setChanged((now) => ({ ...now, [field.name]: next }))}
        />
      ))}
      <Button type="submit" leftSection={<RefreshIcon />} aria-busy={isBusy} className={styles.run}>
        Show
      </Button>
    </form>
  );
}
