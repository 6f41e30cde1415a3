import { Button } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import { nextSort } from '../core/filters';
import { useList } from '../core/useList';
import { useSelection } from '../core/useSelection';
import { presentKey, useMeta } from '../meta/MetaContext';
import type { Doctype } from '../meta/types';
import { NotFound } from '../shell/NotFound';
import { Renamed } from '../shell/Renamed';
import type { ListSearch } from '../shell/router';
import { Failure } from '../ui/Failure';
import { PlusIcon } from '../ui/icons';
import { useHotkey } from '../ui/useHotkey';
import { Waiting } from '../ui/Waiting';
import { BulkBar } from './BulkBar';
import { FilterBar } from './FilterBar';
import { ListTable } from './ListTable';
import styles from './list.module.css';

function DoctypeList({ doctype }: { readonly doctype: Doctype }) {
  const ask = useSearch({ from: '/doc/$doctype' });
  const navigate = useNavigate({ from: '/doc/$doctype' });
  const list = useList(doctype, ask);
  const order = useMemo(() => list.rows.map((row) => Number(row.id)), [list.rows]);
  const selection = useSelection(order);
  const search = useRef<HTMLInputElement>(null);
  const canCreate = doctype.can.has('create');
  useDocumentTitle(`${doctype.plural} · Bahi`);
  useHotkey(
    { key: 'n', alt: true },
    canCreate
      ? () =>
          void navigate({
            to: '/doc/$doctype/$id',
            params: { doctype: doctype.key, id: 'new' },
            search: {},
          })
      : null,
  );
  useHotkey({ key: 'k', ctrl: true }, () => search.current?.focus());

  const change = (part: Partial<ListSearch>) =>
    void navigate({ search: { ...ask, ...part }, replace: true });
  const isAsked = Boolean(ask.search ?? ask.filter);

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>{doctype.plural}</h1>
        {canCreate ? (
          <Button component={Link} to={`/doc/${doctype.key}/new`} leftSection={<PlusIcon />}>
            New {doctype.label}
          </Button>
        ) : null}
      </header>
      <FilterBar doctype={doctype} ask={ask} searchRef={search} onChange={change} />
      {list.error ? <Failure error={list.error} onRetry={list.retry} /> : null}
      {list.isLoading ? <Waiting what={`Loading ${doctype.plural}`} /> : null}
      {!list.isLoading && !list.error && list.rows.length === 0 ? (
        <p className={styles.none}>
          {isAsked
            ? `No ${doctype.plural.toLowerCase()} fit what you ask for.`
            : `There are no ${doctype.plural.toLowerCase()} yet.`}
        </p>
      ) : null}
      <BulkBar doctype={doctype} list={list} selection={selection} />
      {list.rows.length > 0 ? (
        <ListTable
          doctype={doctype}
          list={list}
          sort={ask.sort}
          selection={doctype.many.length > 0 ? selection : null}
          onSort={(field) => change({ sort: nextSort(ask.sort, field) })}
        />
      ) : null}
    </div>
  );
}

/** The documents of one doctype. */
export function ListPage() {
  const { doctype: key } = useParams({ from: '/doc/$doctype' });
  const meta = useMeta();
  const doctype = meta.doctypes[key];
  const present = presentKey(meta, key);
  if (present) return <Renamed from={key} to={present} />;
  if (!doctype || doctype.child) return <NotFound />;
  return <DoctypeList key={key} doctype={doctype} />;
}
