import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { KeyboardEvent, MouseEvent } from 'react';
import { type Row, textOf } from '../api/values';
import type { List } from '../core/useList';
import { kindOf } from '../fields/kinds';
import type { Doctype, Field } from '../meta/types';
import { StateBadge } from '../ui/StateBadge';
import tables from '../ui/tables.module.css';
import styles from './list.module.css';

interface Props {
  readonly doctype: Doctype;
  readonly list: List;
  readonly sort: string | undefined;
  readonly onSort: (field: string) => void;
}

/** A table of documents: click or Enter opens one, the headers sort. */
export function ListTable({ doctype, list, sort, onSort }: Props) {
  const navigate = useNavigate();
  const open = (row: Row) =>
    void navigate({
      to: '/doc/$doctype/$id',
      params: { doctype: doctype.key, id: String(row.id) },
    });
  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const links = [...event.currentTarget.querySelectorAll<HTMLElement>('tbody a[data-open]')];
    const here = links.indexOf(document.activeElement as HTMLElement);
    const next = links[here + (event.key === 'ArrowDown' ? 1 : -1)];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  };
  const onRowClick = (event: MouseEvent, row: Row) => {
    const isLink = event.target instanceof Element && event.target.closest('a') !== null;
    if (!isLink && window.getSelection()?.toString() === '') open(row);
  };
  return (
    <div className={styles.card}>
      <div className={tables.scroll}>
        {/* The links in the rows take the keys; the table moves the focus between them. */}
        <table
          className={`${tables.table} ${styles.table}`}
          aria-label={doctype.plural}
          aria-busy={list.isFetching}
          onKeyDown={onKeyDown}
        >
          <thead>
            <tr>
              {list.columns.map((column) => (
                <Header key={column.name} column={column} sort={sort} onSort={onSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {list.rows.map((row) => (
              <tr key={String(row.id)} onClick={(event) => onRowClick(event, row)}>
                {list.columns.map((column, index) => (
                  <Cell
                    key={column.name}
                    doctype={doctype}
                    column={column}
                    row={row}
                    isFirst={index === 0}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {list.hasMore ? (
        <div className={styles.more}>
          <Button variant="subtle" onClick={list.more} loading={list.isFetching}>
            More rows
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function Header({
  column,
  sort,
  onSort,
}: {
  readonly column: Field;
  readonly sort: string | undefined;
  readonly onSort: (field: string) => void;
}) {
  const direction =
    sort === column.name ? 'ascending' : sort === `-${column.name}` ? 'descending' : 'none';
  return (
    <th scope="col" data-align={kindOf(column.type).align} aria-sort={direction}>
      <button type="button" className={styles.sort} onClick={() => onSort(column.name)}>
        {column.label}
        {direction === 'none' ? null : (
          <span aria-hidden="true" className={styles.arrow}>
            {direction === 'ascending' ? '▲' : '▼'}
          </span>
        )}
      </button>
    </th>
  );
}

interface CellProps {
  readonly doctype: Doctype;
  readonly column: Field;
  readonly row: Row;
  readonly isFirst: boolean;
}

function Cell({ doctype, column, row, isFirst }: CellProps) {
  const kind = kindOf(column.type);
  const value = row[column.name];
  const content =
    column.name === 'state' ? (
      <StateBadge state={value} label={doctype.states[textOf(value)]?.label} />
    ) : (
      <kind.Show field={column} value={value} />
    );
  if (!isFirst) {
    return (
      <td data-align={kind.align} data-label={column.label}>
        {content}
      </td>
    );
  }
  return (
    <td data-align={kind.align} data-first>
      <Link to="/doc/$doctype/$id" params={{ doctype: doctype.key, id: String(row.id) }} data-open>
        {textOf(value) === '' ? <span className={styles.unnumbered}>Draft</span> : content}
      </Link>
    </td>
  );
}
