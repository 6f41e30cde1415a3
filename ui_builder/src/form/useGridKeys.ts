import { type KeyboardEvent, useEffect, useRef } from 'react';

const CONTROL = 'input:not([tabindex="-1"]), select, textarea';
const WRITABLE = ':is(input, select, textarea):not([tabindex="-1"]):not([readonly]):not(:disabled)';

interface Options {
  readonly count: number;
  readonly isLocked: boolean;
  readonly insert: (at: number) => void;
  readonly remove: (at: number) => void;
}

interface Cell {
  readonly row: number;
  readonly field: string;
}

function cellOf(target: EventTarget | null): Cell | null {
  const cell = target instanceof Element ? target.closest('td[data-field]') : null;
  if (!(cell instanceof HTMLElement)) return null;
  return { row: Number(cell.dataset.row), field: cell.dataset.field ?? '' };
}

function focus(element: Element | null | undefined): boolean {
  if (!(element instanceof HTMLElement)) return false;
  element.focus();
  return true;
}

/** Moves between the cells of a grid: Enter and Tab onward (a new row at the end), arrows up and down, Ctrl+Delete. */
export function useGridKeys({ count, isLocked, insert, remove }: Options) {
  const root = useRef<HTMLTableElement>(null);
  const wanted = useRef<{ row: number; field: string | null } | null>(null);

  const own = (selector: string): Element[] =>
    [...(root.current?.querySelectorAll(selector) ?? [])].filter(
      (one) => one.closest('[data-grid]') === root.current,
    );
  const inRow = (row: number): Element[] => own(`td[data-row="${String(row)}"] ${WRITABLE}`);
  const at = (row: number, field: string): Element | undefined =>
    own(`td[data-row="${String(row)}"][data-field="${CSS.escape(field)}"] :is(${CONTROL})`)[0];

  // A row that was asked for takes the focus once it stands there.
  useEffect(() => {
    const next = wanted.current;
    if (next === null) return;
    wanted.current = null;
    focus(next.field === null ? inRow(next.row)[0] : at(next.row, next.field));
  });

  const insertAndFocus = (row: number) => {
    wanted.current = { row, field: null };
    insert(row);
  };

  const onward = (target: Element, back: boolean): boolean => {
    const cells = own(`td[data-row] ${WRITABLE}`);
    const here = cells.indexOf(target);
    return focus(cells[here + (back ? -1 : 1)]);
  };

  const isLastCell = (target: Element, row: number): boolean =>
    row === count - 1 && inRow(row).at(-1) === target;

  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    const target = event.target;
    if (event.defaultPrevented || !(target instanceof HTMLElement)) return;
    if (target.closest('[data-grid]') !== root.current) return;
    const cell = cellOf(target);
    if (cell === null) return;
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key === 'Enter' && isPlain && !(target instanceof HTMLButtonElement)) {
      event.preventDefault();
      if (!event.shiftKey && !isLocked && isLastCell(target, cell.row)) insertAndFocus(count);
      else onward(target, event.shiftKey);
    } else if (
      event.key === 'Tab' &&
      !event.shiftKey &&
      isPlain &&
      !isLocked &&
      isLastCell(target, cell.row)
    ) {
      event.preventDefault();
      insertAndFocus(count);
    } else if (event.key === 'Delete' && event.ctrlKey && !isLocked) {
      event.preventDefault();
      wanted.current = { row: Math.max(0, Math.min(cell.row, count - 2)), field: cell.field };
      remove(cell.row);
    } else if (
      (event.key === 'ArrowUp' || event.key === 'ArrowDown') &&
      isPlain &&
      !(target instanceof HTMLSelectElement)
    ) {
      if (focus(at(cell.row + (event.key === 'ArrowUp' ? -1 : 1), cell.field)))
        event.preventDefault();
    }
  };

  return { root, onKeyDown, insertAndFocus };
}
