import { Link } from '@tanstack/react-router';
import { isLink, type LinkValue, type Value } from '../api/values';
import { kindOf } from '../fields/kinds';
import { useMeta } from '../meta/MetaContext';
import type { Field } from '../meta/types';

function TargetLink({ field, value }: { readonly field: Field; readonly value: LinkValue }) {
  const meta = useMeta();
  const key = value.doctype ?? field.link[0]?.doctype ?? '';
  if (!meta.doctypes[key] || value.id <= 0) return <span>{value.title}</span>;
  return (
    <Link to="/doc/$doctype/$id" params={{ doctype: key, id: String(value.id) }}>
      {value.title}
    </Link>
  );
}

/** A value in a table that is only read; links lead to what they name. */
export function DataCell({ field, value }: { readonly field: Field; readonly value: Value }) {
  const kind = kindOf(field.type);
  return (
    <td data-align={kind.align} data-label={field.label}>
      {isLink(value) ? (
        <TargetLink field={field} value={value} />
      ) : (
        <kind.Show field={field} value={value} />
      )}
    </td>
  );
}
