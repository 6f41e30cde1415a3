/** Which rows of a list are chosen: one by one, or a stretch from where one began. */
import { useCallback, useMemo, useRef, useState } from 'react';

export interface Selection {
  /** The chosen rows that are on the screen, in their order. */
  readonly ids: readonly number[];
  has(id: number): boolean;
  toggle(id: number): void;
  /** Chooses the stretch from where the last row was chosen (else `from`) to `to`. */
  extend(from: number, to: number): void;
  set(ids: Iterable<number>): void;
}

/** The rows of `order` between two of them, both included. */
export function stretch(order: readonly number[], from: number, to: number): readonly number[] {
  const [one, other] = [order.indexOf(from), order.indexOf(to)];
  if (one < 0 || other < 0) return [];
  return order.slice(Math.min(one, other), Math.max(one, other) + 1);
}

/** In: the rows of the list, in order. */
export function useSelection(order: readonly number[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const begun = useRef<{ anchor: number; last: number } | null>(null);

  const toggle = useCallback((id: number) => {
    begun.current = { anchor: id, last: id };
    setChosen((now) => {
      const next = new Set(now);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const extend = useCallback(
    (from: number, to: number) => {
      const { anchor, last } = begun.current ?? { anchor: from, last: from };
      begun.current = { anchor, last: to };
      const left = new Set(stretch(order, anchor, last));
      setChosen(
        (now) =>
          new Set([...[...now].filter((id) => !left.has(id)), ...stretch(order, anchor, to)]),
      );
    },
    [order],
  );
  const set = useCallback((ids: Iterable<number>) => {
    begun.current = null;
    setChosen(new Set(ids));
  }, []);

  const ids = useMemo(() => order.filter((id) => chosen.has(id)), [order, chosen]);
  return useMemo(
    () => ({ ids, has: (id: number) => chosen.has(id), toggle, extend, set }),
    [ids, chosen, toggle, extend, set],
  );
}
