import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { newDocument } from '../api/documents';
import { useMeta } from '../meta/MetaContext';
import type { Doctype } from '../meta/types';
import { NotFound } from '../shell/NotFound';
import { Failure } from '../ui/Failure';
import { Waiting } from '../ui/Waiting';
import { FormPage } from './FormPage';

function FreshDocument({
  doctype,
  from,
}: {
  readonly doctype: Doctype;
  readonly from: string | undefined;
}) {
  const query = useQuery({
    queryKey: ['new', doctype.key, from],
    queryFn: () => newDocument(doctype.route, from),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (query.error) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Waiting what={`Preparing ${doctype.label}`} />;
  return (
    <FormPage doctype={doctype} initial={query.data} isMade={from !== undefined} onReload={null} />
  );
}

/** A document that does not exist yet, with the defaults of the server, perhaps made from another. */
export function NewPage() {
  const { doctype: key } = useParams({ from: '/doc/$doctype/new' });
  const { from } = useSearch({ from: '/doc/$doctype/new' });
  const doctype = useMeta().doctypes[key];
  if (!doctype || doctype.child) return <NotFound />;
  return <FreshDocument key={`${key}/${from ?? ''}`} doctype={doctype} from={from} />;
}
