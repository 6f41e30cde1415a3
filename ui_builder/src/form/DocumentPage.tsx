import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { getDocument } from '../api/documents';
import { useMeta } from '../meta/MetaContext';
import type { Doctype } from '../meta/types';
import { NotFound } from '../shell/NotFound';
import { Failure } from '../ui/Failure';
import { Waiting } from '../ui/Waiting';
import { FormPage } from './FormPage';

function LoadedDocument({ doctype, id }: { readonly doctype: Doctype; readonly id: number }) {
  const query = useQuery({
    queryKey: ['document', doctype.key, id],
    queryFn: () => getDocument(doctype.route, id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (query.error) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Waiting what={`Loading ${doctype.label}`} />;
  const reload = async () => (await query.refetch()).data ?? null;
  return <FormPage key={id} doctype={doctype} initial={query.data} onReload={reload} />;
}

/** A saved document. */
export function DocumentPage() {
  const { doctype: key, id } = useParams({ from: '/doc/$doctype/$id' });
  const doctype = useMeta().doctypes[key];
  if (!doctype || doctype.child || !/^\d+$/.test(id)) return <NotFound />;
  return <LoadedDocument key={`${key}/${id}`} doctype={doctype} id={Number(id)} />;
}
