import { Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMeta } from '../meta/MetaContext';
import type { MenuItem } from '../meta/types';
import { CalendarIcon, DocumentIcon, PlusIcon, ReportIcon } from '../ui/icons';
import { MenuLink } from './MenuLink';
import { useSession } from './SessionContext';
import styles from './shell.module.css';
import { TasksLink } from './TasksLink';

function Entry({ item }: { readonly item: MenuItem }) {
  const meta = useMeta();
  const canCreate = item.kind === 'doctype' && meta.doctypes[item.target]?.can.has('create');
  return (
    <li className={styles.entry}>
      <MenuLink item={item} className={styles.entryLink ?? ''}>
        {item.kind === 'report' ? <ReportIcon /> : <DocumentIcon />}
        {item.label}
      </MenuLink>
      {canCreate ? (
        <Link
          to="/doc/$doctype/$id"
          params={{ doctype: item.target, id: 'new' }}
          className={styles.entryNew}
          aria-label={`New ${meta.doctypes[item.target]?.label ?? item.label}`}
        >
          <PlusIcon />
        </Link>
      ) : null}
    </li>
  );
}

/** The start page: everything the user may open, by module. */
export function HomePage() {
  const meta = useMeta();
  const { company } = useSession();
  return (
    <div className={styles.home}>
      <Title order={1}>{company?.name ?? 'Bahi'}</Title>
      <div className={styles.modules}>
        <section className={styles.module} aria-label="For me">
          <Title order={2}>For me</Title>
          <ul>
            <li className={styles.entry}>
              <TasksLink className={styles.entryLink ?? ''} />
            </li>
            <li className={styles.entry}>
              <Link to="/stand-ins" className={styles.entryLink}>
                <CalendarIcon />
                Stand-ins
              </Link>
            </li>
          </ul>
        </section>
        {meta.menu.map((group) => (
          <section key={group.module} className={styles.module} aria-label={group.module}>
            <Title order={2}>{group.module}</Title>
            <ul>
              {group.items.map((item) => (
                <Entry key={`${item.kind}:${item.target}`} item={item} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}
