import { useMeta } from '../meta/MetaContext';
import { DocumentIcon, ReportIcon } from '../ui/icons';
import { MenuLink } from './MenuLink';
import styles from './shell.module.css';
import { TasksLink } from './TasksLink';

/** The menu, as the metadata declares it. */
export function Navigation({ onChosen }: { readonly onChosen: () => void }) {
  const meta = useMeta();
  return (
    <nav aria-label="Menu" className={styles.nav}>
      <TasksLink className={styles.navLink ?? ''} onClick={onChosen} />
      {meta.menu.map((group) => (
        <div key={group.module}>
          <h2 className={styles.navTitle}>{group.module}</h2>
          {group.items.map((item) => (
            <MenuLink
              key={`${item.kind}:${item.target}`}
              item={item}
              className={styles.navLink ?? ''}
              onClick={onChosen}
            >
              {item.kind === 'report' ? <ReportIcon /> : <DocumentIcon />}
              <span>{item.label}</span>
            </MenuLink>
          ))}
        </div>
      ))}
    </nav>
  );
}
