import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { listDocuments } from '../api/documents';
import { type LinkValue, type Row, textOf } from '../api/values';
import { useMeta } from '../meta/MetaContext';
import type { Doctype, Field, Meta } from '../meta/types';

const FOUND_MAX = 20;
const TYPING_MS = 180;

export interface Candidate {
  readonly value: LinkValue;
  /** What tells it from others of a like title. */
  readonly more: string;
}

function shownFields(doctype: Doctype): readonly string[] {
  const known = doctype.tables['']?.fields ?? {};
  const named = [doctype.titleField, ...doctype.search].filter((name) => name in known);
  return [...new Set(named)].slice(0, 4);
}

function candidate(doctype: Doctype, row: Row, isOneOfSeveral: boolean): Candidate {
  const names = shownFields(doctype);
  const title =
    textOf(row[doctype.titleField]) ||
    textOf(row.number) ||
    textOf(row.name) ||
    `#${String(row.id)}`;
  const rest = names
    .map((name) => textOf(row[name]))
    .filter((text) => text !== '' && text !== title);
  const kind = isOneOfSeveral ? [doctype.label] : [];
  const value = { id: Number(row.id), title, ...(isOneOfSeveral ? { doctype: doctype.key } : {}) };
  return { value, more: [...kind, ...rest].join(' · ') };
}

async function find(
  meta: Meta,
  field: Field,
  search: string,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const targets = field.link
    .map((link) => meta.doctypes[link.doctype])
    .filter((found) => found !== undefined);
  const limit = Math.max(5, Math.floor(FOUND_MAX / Math.max(1, targets.length)));
  const pages = await Promise.all(
    targets.map(async (doctype) => {
      const fields = [
        'id',
        ...(doctype.submittable ? ['number'] : []),
        ...shownFields(doctype),
      ].join(',');
      const page = await listDocuments(doctype.route, { fields, search, limit }, signal);
      return page.rows.map((row) => candidate(doctype, row, targets.length > 1));
    }),
  );
  return pages.flat();
}

export interface LinkSearch {
  readonly found: readonly Candidate[];
  /** Whether `found` answers what is typed now, and not what was typed a moment ago. */
  readonly isCurrent: boolean;
  readonly error: unknown;
}

/** What a link field may point to, for the text typed so far. */
export function useLinkSearch(field: Field, typed: string, isOpen: boolean): LinkSearch {
  const meta = useMeta();
  const [search] = useDebouncedValue(typed, TYPING_MS);
  const query = useQuery({
    queryKey: ['link', field.link.map((link) => link.doctype), search],
    queryFn: ({ signal }) => find(meta, field, search, signal),
    enabled: isOpen,
    staleTime: 15_000,
    placeholderData: (before) => before,
  });
  const isCurrent = search === typed && !query.isPlaceholderData && !query.isPending;
  return { found: query.data ?? [], isCurrent, error: query.error };
}
