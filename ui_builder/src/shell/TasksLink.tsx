import { Link } from '@tanstack/react-router';
import { useTasks } from '../core/useTasks';
import { TaskIcon } from '../ui/icons';
import styles from './shell.module.css';

interface Props {
  readonly className: string;
  readonly onClick?: () => void;
}

/** Leads to what waits for the person, and says how much that is. */
export function TasksLink({ className, onClick }: Props) {
  const count = useTasks().data?.length ?? 0;
  return (
    <Link to="/tasks" className={className} {...(onClick ? { onClick } : {})}>
      <TaskIcon />
      <span>My tasks</span>
      {count > 0 ? (
        <span className={styles.count} title={`${String(count)} wait for you`}>
          {count}
        </span>
      ) : null}
    </Link>
  );
}
