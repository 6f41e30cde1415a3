import { Button } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Breach, Task } from '../api/work';
import { formatMoment } from '../core/dates';
import { useTasks } from '../core/useTasks';
import { useMeta } from '../meta/MetaContext';
import { Failure } from '../ui/Failure';
import tables from '../ui/tables.module.css';
import { Waiting } from '../ui/Waiting';
import { DoneDialog } from './DoneDialog';
import styles from './work.module.css';

/** Who is asked, where it is not simply the person who looks at it. */
export function askedAs(task: Task, user: string): string {
  const whose = task.person === '' ? `Anybody of ${task.role}` : task.person;
  const who = task.person === user ? '' : whose;
  const late = task.place === '' ? '' : `in place of ${task.place}`;
  return [who, late].filter((part) => part !== '').join(', ');
}

/** What was passed, with both figures. */
export function figuresOf({ name, key, measured, allowed }: Breach): string {
  const what = key === '' ? name : `${name}, ${key}`;
  return `${what}: ${measured}, where ${allowed} is allowed`;
}

function What({ task }: { readonly task: Task }) {
  const queries = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const { breach } = task;
  if (!breach) return <>{task.transition_label}</>;
  const done = () => {
    setAsked(false);
    void queries.invalidateQueries({ queryKey: ['tasks'] });
  };
  return (
    <div className={styles.what}>
      <span>{figuresOf(breach)}</span>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Done: ${task.label} ${task.title}, ${breach.name}`}
        onClick={() => setAsked(true)}
      >
        Done…
      </Button>
      {isAsked ? (
        <DoneDialog id={task.id} said={breach.said} onClose={() => setAsked(false)} onDone={done} />
      ) : null}
    </div>
  );
}

function TaskRow({ task }: { readonly task: Task }) {
  const { doctypes, user } = useMeta();
  const name = `${task.label} ${task.title}`;
  return (
    <tr>
      <td>
        <What task={task} />
      </td>
      <td>
        {doctypes[task.doctype] ? (
          <Link
            to="/doc/$doctype/$id"
            params={{ doctype: task.doctype, id: String(task.document) }}
          >
            {name}
          </Link>
        ) : (
          name
        )}
      </td>
      <td>{askedAs(task, user.username) || 'You'}</td>
      <td className={styles.moment}>{formatMoment(task.since)}</td>
    </tr>
  );
}

function TaskTable({ tasks }: { readonly tasks: readonly Task[] }) {
  return (
    <div className={styles.card}>
      <div className={tables.scroll}>
        <table className={tables.table} aria-label="My tasks">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Document</th>
              <th scope="col">Who is asked</th>
              <th scope="col">Since</th>
            </tr>
          </thead>
          <tbody>
            {tasks.map((task) => (
              <TaskRow key={task.id} task={task} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** What waits for the person, the oldest first: consents and limits that were passed; each leads to its document. */
export function TasksPage() {
  const query = useTasks();
  useDocumentTitle('My tasks · Bahi');
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>My tasks</h1>
        <Button component={Link} to="/stand-ins" variant="default">
          Stand-ins…
        </Button>
      </header>
      {query.error ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Waiting what="Loading your tasks" />
      ) : query.data.length === 0 ? (
        <p className={styles.none}>Nothing waits for you.</p>
      ) : (
        <TaskTable tasks={query.data} />
      )}
    </div>
  );
}
