import { Button } from '@mantine/core';
import { type CSSProperties, useMemo, useState } from 'react';
import { rowsOf } from '../api/values';
import { gridShape } from '../core/columns';
import { shownAs } from '../core/conditions';
import { isPart, keyOf } from '../core/document';
import { touchesRow } from '../core/findings';
import type { FrameRow } from '../core/frame';
import { fieldPathText, type RowPath, rowPathText } from '../core/paths';
import { kindOf } from '../fields/kinds';
import type { FieldKind } from '../fields/types';
import type { Field } from '../meta/types';
import { PlusIcon } from '../ui/icons';
import { useForm } from './FormContext';
import { GridRow, type RowLook } from './GridRow';
import styles from './grid.module.css';
import { Messages } from './Messages';
import { type GridProps, RowDetail } from './RowDetail';
import { RowProblems } from './RowProblems';
import { useGridKeys } from './useGridKeys';
import { useGridPaste } from './useGridPaste';

const PAGE_ROWS = 100;

function frameRows(head: FrameRow, path: RowPath, field: string): readonly FrameRow[] {
  let row: FrameRow | undefined = head;
  for (const step of path) row = (row?.[step.field] as FrameRow[] | undefined)?.[step.index];
  return (row?.[field] as FrameRow[] | undefined) ?? [];
}

/** The rows of a child table: keyboard entry, paste, details; many rows are shown page by page. */
export function ChildGrid({ above, aboveRow, field }: GridProps) {
  const open = useForm();
  const table = field.table === null ? undefined : open.doctype.tables[field.table];
  const shape = useMemo(() => (table ? gridShape(table) : null), [table]);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [page, setPage] = useState(0);
  const rows = rowsOf(aboveRow, field.name);
  const isShut = !open.isOpen(above[0]?.field ?? field.name);
  const isMade = !table || table.generated || field.generated || isPart(aboveRow, field);
  const isLocked = isShut || isMade || field.readOnly;
  const last = Math.max(0, Math.ceil(rows.length / PAGE_ROWS) - 1);
  const first = Math.min(page, last) * PAGE_ROWS;

  const insert = (at: number) => {
    if (!table || isLocked) return;
    open.editing.insert(above, field, table, at);
    setPage(Math.floor(at / PAGE_ROWS));
  };
  const remove = (at: number) => {
    if (!isLocked) open.editing.remove(above, field, at);
  };
  const keys = useGridKeys({ count: rows.length, isLocked, insert, remove });
  const onPaste = useGridPaste({ above, field, table, shape, isLocked });
  if (!table || !shape) return null;

  const toggle = (key: string) =>
    setExpanded((now) =>
      now.has(key) ? new Set([...now].filter((one) => one !== key)) : new Set([...now, key]),
    );
  const frames = frameRows(open.frame, above, field.name);
  const hasDetail = shape.details.length > 0 || shape.tables.length > 0;
  const listPath = fieldPathText(above, field.name);
  const detailSpan = shape.columns.length + 2;

  return (
    <div className={styles.frame}>
      {/* The keys belong to the cells inside; the table only listens for them. */}
      <table
        ref={keys.root}
        className={styles.grid}
        data-grid
        aria-label={field.label}
        onKeyDown={keys.onKeyDown}
        onPaste={onPaste}
      >
        <GridHead columns={shape.columns} isLocked={isLocked} />
        <tbody>
          {rows.slice(first, first + PAGE_ROWS).map((row, offset) => {
            const index = first + offset;
            const path = [...above, { field: field.name, index }];
            const key = keyOf(row);
            const isOpen = expanded.has(key);
            const look = rowLook(open, shape.columns, frames[index] ?? {}, path, isLocked);
            return [
              <GridRow
                key={key}
                row={row}
                index={index}
                above={above}
                tableField={field}
                columns={shape.columns}
                look={look}
                lookKey={JSON.stringify(look)}
                isLocked={isLocked}
                hasDetail={hasDetail}
                isOpen={isOpen}
                editing={open.editing}
                onToggle={toggle}
                onRemove={remove}
              />,
              <RowProblems
                key={`${key}-problems`}
                rowKey={key}
                look={look}
                columns={shape.columns}
                span={detailSpan}
              />,
              isOpen ? (
                <tr key={`${key}-detail`} className={styles.detail}>
                  <td colSpan={detailSpan}>
                    <RowDetail
                      row={row}
                      path={path}
                      frame={frames[index] ?? {}}
                      shape={shape}
                      isLocked={isLocked}
                      Grid={ChildGrid}
                    />
                  </td>
                </tr>
              ) : null,
            ];
          })}
          {rows.length === 0 ? (
            <tr>
              <td className={styles.empty} colSpan={detailSpan}>
                {table.generated
                  ? 'Worked out when there is something to work out.'
                  : 'No rows yet.'}
              </td>
            </tr>
          ) : null}
        </tbody>
      </table>
      <Messages id={`grid-${field.name}-problems`} problems={open.findings.get(listPath) ?? []} />
      <div className={styles.foot}>
        {isLocked ? null : (
          <Button
            variant="subtle"
            leftSection={<PlusIcon />}
            onClick={() => keys.insertAndFocus(rows.length)}
          >
            Add row
          </Button>
        )}
        {last > 0 ? (
          <Pages page={first / PAGE_ROWS} last={last} count={rows.length} onPage={setPage} />
        ) : null}
      </div>
    </div>
  );
}

function rowLook(
  open: ReturnType<typeof useForm>,
  columns: readonly Field[],
  frame: FrameRow,
  path: RowPath,
  isLocked: boolean,
): RowLook {
  const cells: Record<string, RowLook['cells'][string]> = {};
  const place = rowPathText(path);
  for (const field of columns) {
    const problems = open.findings.get(fieldPathText(path, field.name)) ?? [];
    cells[field.name] = { ...shownAs(field, frame, open.facts, isLocked), problems };
  }
  return {
    cells,
    problems: open.findings.get(place) ?? [],
    isMarked: touchesRow(open.findings, place),
  };
}

/** Numbers and dates take the room they need; texts and links share what is left. */
function columnWidth(kind: FieldKind): CSSProperties {
  const width = `${String(kind.width / 2)}rem`;
  return kind.align === 'left' && kind.width > 13
    ? { minWidth: width }
    : { width, minWidth: width };
}

function GridHead({
  columns,
  isLocked,
}: {
  readonly columns: readonly Field[];
  readonly isLocked: boolean;
}) {
  return (
    <thead>
      <tr>
        <th className={styles.number} scope="col">
          <span className="visually-hidden">Row</span>
        </th>
        {columns.map((column) => {
          const kind = kindOf(column.type);
          return (
            <th
              key={column.name}
              scope="col"
              data-align={kind.align}
              style={columnWidth(kind)}
              title={column.help || undefined}
            >
              {column.label}
              {column.required && !isLocked ? (
                <span className={styles.star} aria-hidden="true" />
              ) : null}
            </th>
          );
        })}
        <th className={styles.tools} scope="col">
          <span className="visually-hidden">Tools</span>
        </th>
      </tr>
    </thead>
  );
}

interface PagesProps {
  readonly page: number;
  readonly last: number;
  readonly count: number;
  readonly onPage: (page: number) => void;
}

function Pages({ page, last, count, onPage }: PagesProps) {
  return (
    <span className={styles.pages}>
      <Button variant="default" disabled={page === 0} onClick={() => onPage(page - 1)}>
        Previous
      </Button>
      Rows {page * PAGE_ROWS + 1} to {Math.min(count, (page + 1) * PAGE_ROWS)} of {count}
      <Button variant="default" disabled={page === last} onClick={() => onPage(page + 1)}>
        Next
      </Button>
    </span>
  );
}
