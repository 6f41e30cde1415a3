import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { getDocument, newDocument } from '../api/documents';
import type { Row } from '../api/values';
import { presentKey, useMeta } from '../meta/MetaContext';
import type { Doctype } from '../meta/types';
import { NotFound } from '../shell/NotFound';
import { Renamed } from '../shell/Renamed';
import { Failure } from '../ui/Failure';
import { Waiting } from '../ui/Waiting';
import { FormPage } from './FormPage';

const NEW = 'new';

interface SessionProps {
  readonly doctype: Doctype;
  readonly id: string;
  readonly from: string | undefined;
  readonly formKey: string;
}

/**
 * One form from opening to leaving. It is loaded once, for the id it was opened with: when a new document
 * gets its id the address changes under it, and what is typed meanwhile stays.
 */
function FormSession({ doctype, id, from, formKey }: SessionProps) {
  const navigate = useNavigate();
  const [start] = useState({ id, from });
  const query = useQuery({
    queryKey: ['document', doctype.key, formKey],
    queryFn: () =>
      start.id === NEW
        ? newDocument(doctype.route, start.from)
        : getDocument(doctype.route, Number(start.id)),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (query.error) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Waiting what={`Loading ${doctype.label}`} />;
  const onCreated = (row: Row) =>
    void navigate({
      to: '/doc/$doctype/$id',
      params: { doctype: doctype.key, id: String(row.id) },
      state: { form: formKey },
      replace: true,
      ignoreBlocker: true,
    });
  return (
    <FormPage
      doctype={doctype}
      initial={query.data}
      isMade={start.from !== undefined}
      onCreated={onCreated}
      onReload={(saved) => getDocument(doctype.route, saved)}
    />
  );
}

/** A document: saved, or new with the defaults of the server, perhaps made from another. */
export function DocumentPage() {
  const { doctype: key, id } = useParams({ from: '/doc/$doctype/$id' });
  const { from } = useSearch({ from: '/doc/$doctype/$id' });
  const { state } = useLocation();
  const meta = useMeta();
  const doctype = meta.doctypes[key];
  const present = presentKey(meta, key);
  if (present) return <Renamed from={key} to={present} />;
  if (!doctype || doctype.child || !(id === NEW || /^\d+$/.test(id))) return <NotFound />;
  const entry = id === NEW ? `${NEW} ${state.__TSR_key ?? ''} ${from ?? ''}` : id;
  const formKey = state.form ?? `${key} ${entry}`;
  return <FormSession key={formKey} doctype={doctype} id={id} from={from} formKey={formKey} />;
}
