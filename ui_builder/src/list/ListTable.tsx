import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { KeyboardEvent, MouseEvent } from 'react';
import { useEffect, useRef } from 'react';
import { type Row, textOf } from '../api/values';
import type { List } from '../core/useList';
import type { Selection } from '../core/useSelection';
import { kindOf } from '../fields/kinds';
import type { Doctype, Field } from '../meta/types';
import { StateBadge } from '../ui/StateBadge';
import tables from '../ui/tables.module.css';
import { titleOf } from './BulkDialog';
import styles from './list.module.css';

interface Props {
  readonly doctype: Doctype;
  readonly list: List;
  readonly sort: string | undefined;
  readonly onSort: (field: string) => void;
  /** The chosen rows; null where nothing can be done with several. */
  readonly selection: Selection | null;
}

const KEYS = 'Space chooses a row, Shift with the arrows several, Control A all of them.';

/** A table of documents: click or Enter opens one, the headers sort, Space and Shift with the arrows choose. */
export function ListTable({ doctype, list, sort, onSort, selection }: Props) {
  const navigate = useNavigate();
  const open = (row: Row) =>
    void navigate({
      to: '/doc/$doctype/$id',
      params: { doctype: doctype.key, id: String(row.id) },
    });
  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    const links = [...event.currentTarget.querySelectorAll<HTMLElement>('tbody a[data-open]')];
    const here = links.indexOf(document.activeElement as HTMLElement);
    if (selection && choose(event, list.rows, here, selection)) event.preventDefault();
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const next = links[here + (event.key === 'ArrowDown' ? 1 : -1)];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  };
  const onRowClick = (event: MouseEvent, row: Row) => {
    const within = event.target instanceof Element && event.target.closest('a, [data-select]');
    if (!within && window.getSelection()?.toString() === '') open(row);
  };
  const onSelect = (event: MouseEvent, id: number) => {
    const last = selection?.ids.at(-1);
    if (event.shiftKey && last !== undefined) selection?.extend(last, id);
    else selection?.toggle(id);
  };
  return (
    <div className={styles.card}>
      <div className={tables.scroll}>
        {/* The links in the rows take the keys; the table moves the focus between them. */}
        <table
          className={`${tables.table} ${styles.table}`}
          aria-label={doctype.plural}
          aria-busy={list.isFetching}
          aria-describedby={selection ? 'list-keys' : undefined}
          data-selectable={selection ? true : undefined}
          onKeyDown={onKeyDown}
        >
          <thead>
            <tr>
              {selection ? <AllRows list={list} selection={selection} /> : null}
              {list.columns.map((column) => (
                <Header key={column.name} column={column} sort={sort} onSort={onSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {list.rows.map((row) => (
              <tr
                key={String(row.id)}
                data-chosen={selection?.has(Number(row.id)) || undefined}
                onClick={(event) => onRowClick(event, row)}
              >
                {selection ? (
                  <td data-select>
                    <input
                      type="checkbox"
                      tabIndex={-1}
                      aria-label={`Choose ${titleOf(list, Number(row.id))}`}
                      checked={selection.has(Number(row.id))}
                      onChange={() => undefined}
                      onClick={(event) => onSelect(event, Number(row.id))}
                    />
                  </td>
                ) : null}
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
      {selection ? (
        <span id="list-keys" className="visually-hidden">
          {KEYS}
        </span>
      ) : null}
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

/** Takes the keys that choose rows; whether it was one of them. */
function choose(
  event: KeyboardEvent,
  rows: readonly Row[],
  here: number,
  selection: Selection,
): boolean {
  const id = Number(rows[here]?.id);
  if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
    selection.set(rows.map((row) => Number(row.id)));
    return true;
  }
  if (event.key === 'Escape' && selection.ids.length > 0) {
    selection.set([]);
    return true;
  }
  if (here < 0) return false;
  if (event.key === ' ') {
    selection.toggle(id);
    return true;
  }
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const next = rows[here + step];
  if (step !== 0 && event.shiftKey && next) selection.extend(id, Number(next.id));
  return false;
}

function AllRows({ list, selection }: { readonly list: List; readonly selection: Selection }) {
  const box = useRef<HTMLInputElement>(null);
  const count = selection.ids.length;
  const isAll = count > 0 && count === list.rows.length;
  useEffect(() => {
    if (box.current) box.current.indeterminate = count > 0 && !isAll;
  });
  return (
    <th scope="col" data-select>
      <input
        ref={box}
        type="checkbox"
        aria-label="Choose all rows that are shown"
        checked={isAll}
        onChange={() => selection.set(isAll ? [] : list.rows.map((row) => Number(row.id)))}
      />
    </th>
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
