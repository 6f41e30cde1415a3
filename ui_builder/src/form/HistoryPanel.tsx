import { useQuery } from '@tanstack/react-query';
import { getHistory, type Happened } from '../api/moves';
import { formatMoment } from '../core/dates';
import { useForm } from './FormContext';
import styles from './form.module.css';

/** One line of history in words. */
export function sentenceFor(happened: Happened): string {
  const said = happened.action.replaceAll('_', ' ');
  const changes = happened.changes;
  const place = typeof changes.for === 'string' && changes.for !== happened.by;
  const consent = typeof changes.transition === 'string' ? ` to ${changes.transition}` : '';
  const for_ = place ? ` in place of ${String(changes.for)}` : '';
  const why = happened.reason === '' ? '' : `: ${happened.reason}`;
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${consent}${for_}${why}`;
}

/** Who did what with the document, the newest first. */
export function HistoryPanel() {
  const { doctype, document } = useForm();
  const id = Number(document.id);
  const query = useQuery({
    queryKey: ['history', doctype.key, id, document.version],
    queryFn: () => getHistory(doctype.route, id),
  });
  if (!query.data) return null;
  return (
    <section className={styles.effects} aria-label="History">
      <h2 className={styles.sectionTitle}>History</h2>
      <ul className={styles.history}>
        {query.data.map((happened) => (
          <li key={happened.at + happened.action + happened.by + happened.reason}>
            {sentenceFor(happened)} — {happened.by || 'the engine'}, {formatMoment(happened.at)}
          </li>
        ))}
      </ul>
    </section>
  );
}
