import { Button } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import type { Task } from '../api/work';
import { formatMoment } from '../core/dates';
import { useTasks } from '../core/useTasks';
import { useMeta } from '../meta/MetaContext';
import { Failure } from '../ui/Failure';
import tables from '../ui/tables.module.css';
import { Waiting } from '../ui/Waiting';
import styles from './work.module.css';

/** Who is asked, where it is not simply the person who looks at it. */
export function askedAs(task: Task, user: string): string {
  const whose = task.person === '' ? `Anybody of ${task.role}` : task.person;
  const who = task.person === user ? '' : whose;
  const late = task.place === '' ? '' : `in place of ${task.place}`;
  return [who, late].filter((part) => part !== '').join(', ');
}

function TaskRow({ task }: { readonly task: Task }) {
  const { doctypes, user } = useMeta();
  const name = `${task.label} ${task.title}`;
  return (
    <tr>
      <td>{task.transition_label}</td>
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

/** Consents that are asked of the person, the oldest first; each leads to its document. */
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
