import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { listDocuments } from '../api/documents';
import type { Row } from '../api/values';
import { resolveField } from '../meta/resolve';
import type { Doctype, Field } from '../meta/types';

const PAGE_ROWS = 50;

export interface ListQuery {
  readonly search?: string | undefined;
  readonly filter?: string | undefined;
  readonly sort?: string | undefined;
}

/** Fields that every head has without declaring them. */
function standardField(name: string): Field | null {
  const types: Readonly<Record<string, string>> = {
    number: 'text',
    state: 'text',
    created_at: 'datetime',
    changed_at: 'datetime',
    id: 'integer',
  };
  const type = types[name];
  return type ? resolveField(name, { type, read_only: true }) : null;
}

/** The columns of a list: number and state where there are any, then what the doctype names. */
export function listColumns(doctype: Doctype): readonly Field[] {
  const known = doctype.tables['']?.fields ?? {};
  const own =
    doctype.listFields.length > 0 ? doctype.listFields : [doctype.titleField, ...doctype.search];
  const first = doctype.submittable ? ['number'] : [];
  const names = [
    ...first,
    ...own.filter((name) => name !== 'state'),
    ...(doctype.submittable ? ['state'] : []),
  ];
  return [...new Set(names)].flatMap((name) => {
    const field = known[name] ?? standardField(name);
    return field && field.type !== 'table' && field.type !== 'back' ? [field] : [];
  });
}

/** The order of a list that nobody has sorted: the newest first. */
export function defaultSort(doctype: Doctype): string {
  return doctype.date === null ? doctype.titleField || '-id' : `-${doctype.date},-id`;
}

export interface List {
  readonly columns: readonly Field[];
  readonly rows: readonly Row[];
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly isFetching: boolean;
  readonly hasMore: boolean;
  more(): void;
  retry(): void;
}

/** The rows of a doctype for what the address asks, page after page. */
export function useList(doctype: Doctype, ask: ListQuery): List {
  const columns = useMemo(() => listColumns(doctype), [doctype]);
  const fields = ['id', ...columns.map((column) => column.name)].join(',');
  const query = useInfiniteQuery({
    queryKey: ['list', doctype.key, ask.search, ask.filter, ask.sort],
    queryFn: ({ pageParam, signal }) =>
      listDocuments(
        doctype.route,
        {
          fields,
          limit: PAGE_ROWS,
          sort: ask.sort ?? defaultSort(doctype),
          ...(ask.filter ? { filter: ask.filter } : {}),
          ...(ask.search ? { search: ask.search } : {}),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  return {
    columns,
    rows,
    error: query.error,
    isLoading: query.isLoading,
    isFetching: query.isFetching,
    hasMore: query.hasNextPage,
    more: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}
