import { Button } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { sentenceOf } from '../api/problems';
import { type Row, textOf } from '../api/values';
import { endStandIn, getStandIns, nameStandIn, type StandIn } from '../api/work';
import { formatDay, isoDay } from '../core/dates';
import { kindOf } from '../fields/kinds';
import form from '../form/form.module.css';
import { resolveField } from '../meta/resolve';
import { Failure } from '../ui/Failure';
import tables from '../ui/tables.module.css';
import { Waiting } from '../ui/Waiting';
import styles from './work.module.css';

const FIELDS = [
  resolveField('stand_in', { type: 'text', label: 'Log-in name', required: true }),
  resolveField('from_date', { type: 'date', label: 'From', required: true }),
  resolveField('to_date', { type: 'date', label: 'To, included', required: true }),
];

interface NamingProps {
  readonly onNamed: (all: readonly StandIn[]) => void;
}

/** Names somebody for a time, today unless it is said otherwise. */
function Naming({ onNamed }: NamingProps) {
  const today = isoDay(new Date());
  const start: Row = { stand_in: null, from_date: today, to_date: today };
  const [said, setSaid] = useState(start);
  const [failure, setFailure] = useState('');
  const [isBusy, setBusy] = useState(false);
  const name = async (event: FormEvent) => {
    event.preventDefault();
    const [who, from, to] = FIELDS.map((field) => textOf(said[field.name]).trim());
    if (!who || !from || !to) return setFailure('Fill in who, from when and to when.');
    setBusy(true);
    setFailure('');
    try {
      onNamed(await nameStandIn({ stand_in: who, from_date: from, to_date: to }));
      setSaid(start);
    } catch (error) {
      setFailure(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={styles.bar}
      aria-label="Name a stand-in"
      onSubmit={(event) => void name(event)}
    >
      {FIELDS.map((field) => {
        const { Input } = kindOf(field.type);
        return (
          <div key={field.name} className={form.field}>
            <label htmlFor={field.name} className={form.label}>
              {field.label}
            </label>
            <Input
              field={field}
              id={field.name}
              value={said[field.name]}
              isRequired
              onChange={(value) => setSaid((known) => ({ ...known, [field.name]: value }))}
            />
          </div>
        );
      })}
      <Button type="submit" loading={isBusy}>
        Name
      </Button>
      {failure === '' ? null : (
        <p role="alert" className={styles.failure}>
          {failure}
        </p>
      )}
    </form>
  );
}

interface NamedProps {
  readonly all: readonly StandIn[];
  readonly onEnd: (one: StandIn) => void;
}

function Named({ all, onEnd }: NamedProps) {
  if (all.length === 0) return <p className={styles.none}>Nobody stands in for you.</p>;
  return (
    <div className={styles.card}>
      <table className={tables.table} aria-label="Stand-ins">
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">
              <span className="visually-hidden">Tools</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {all.map((one) => (
            <tr key={one.id}>
              <td>
                {one.stand_in}
                {one.unread?.length ? `, who may not read: ${one.unread.join(', ')}` : ''}
              </td>
              <td>{formatDay(one.from_date)}</td>
              <td>{formatDay(one.to_date)}</td>
              <td className={styles.tools}>
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={`Remove ${one.stand_in}`}
                  onClick={() => onEnd(one)}
                >
                  Remove
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const KEY = ['stand-ins'];

/** Whom the person has named to consent in their place, for how long. */
export function StandInsPage() {
  const queries = useQueryClient();
  const query = useQuery({ queryKey: KEY, queryFn: getStandIns });
  const [failure, setFailure] = useState<unknown>(null);
  useDocumentTitle('Stand-ins · Bahi');
  const remove = async (one: StandIn) => {
    setFailure(null);
    await endStandIn(one.id).catch(setFailure);
    await queries.invalidateQueries({ queryKey: KEY });
  };
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <div>
          <Link to="/tasks" className={form.crumb}>
            My tasks
          </Link>
          <h1>Stand-ins</h1>
        </div>
      </header>
      <p className={styles.help}>
        Whom you name here may consent in your place on these days, wherever a document lets others
        stand in.
      </p>
      <Naming onNamed={(all) => queries.setQueryData(KEY, all)} />
      {failure ? <Failure error={failure} /> : null}
      {query.error ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data ? (
        <Named all={query.data} onEnd={(one) => void remove(one)} />
      ) : (
        <Waiting what="Loading stand-ins" />
      )}
    </div>
  );
}
