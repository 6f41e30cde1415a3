import { Link } from '@tanstack/react-router';
import type { LinkValue } from '../../api/values';
import type { Field } from '../../meta/types';
import { OpenIcon } from '../../ui/icons';
import styles from '../control.module.css';

/** Leads to the record that a link field points to. */
export function OpenLink({ field, value }: { readonly field: Field; readonly value: LinkValue }) {
  const doctype = value.doctype ?? field.link[0]?.doctype;
  if (!doctype || doctype.includes('.')) return null;
  return (
    <Link
      to="/doc/$doctype/$id"
      params={{ doctype, id: String(value.id) }}
      className={styles.inside}
      tabIndex={-1}
      aria-label={`Open ${value.title}`}
      title={`Open ${value.title}`}
    >
      <OpenIcon />
    </Link>
  );
}
