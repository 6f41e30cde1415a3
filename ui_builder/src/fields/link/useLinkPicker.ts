import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { LinkValue } from '../../api/values';
import { type Candidate, useLinkSearch } from '../../core/useLinkSearch';
import type { Field } from '../../meta/types';

interface Options {
  readonly field: Field;
  readonly isReadOnly: boolean;
  readonly isCell: boolean;
  readonly onPick: (value: LinkValue | null) => void;
}

function clamp(index: number, count: number): number {
  return Math.max(0, Math.min(index, count - 1));
}

/**
 * The state of a link field while a person picks: what is typed, what is found, which one is meant.
 * Whoever types faster than the server answers gets the first of the answer to what they typed.
 */
export function useLinkPicker({ field, isReadOnly, isCell, onPick }: Options) {
  const [typed, setTyped] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const [isPointed, setPointed] = useState(false);
  const [isAwaited, setAwaitedState] = useState(false);
  // The key that sets it also moves the focus, before the state is drawn: so it is kept in a ref too.
  const awaited = useRef(false);
  const setAwaited = useCallback((next: boolean) => {
    awaited.current = next;
    setAwaitedState(next);
  }, []);
  const { found, isCurrent, error } = useLinkSearch(field, typed ?? '', isOpen);
  const latestPick = useRef(onPick);
  useEffect(() => {
    latestPick.current = onPick;
  });

  const open = () => {
    if (isReadOnly || isOpen) return;
    setActive(0);
    setOpen(true);
  };
  const close = () => {
    setOpen(false);
    setTyped(null);
    setPointed(false);
    setAwaited(false);
  };
  const pick = (candidate: Candidate) => {
    onPick(candidate.value);
    close();
  };

  const first = found[0];
  useEffect(() => {
    if (!isAwaited || !(isCurrent || error)) return;
    if (first && isCurrent) latestPick.current(first.value);
    setOpen(false);
    setTyped(null);
    setPointed(false);
    setAwaited(false);
  }, [isAwaited, isCurrent, error, first, setAwaited]);

  const point = (index: number) => {
    setActive(clamp(index, found.length));
    setPointed(true);
  };

  const take = () => {
    const chosen = found[active];
    if (isPointed && chosen) pick(chosen);
    else if (typed === null || typed === '') close();
    else if (isCurrent && chosen) pick(chosen);
    else if (!isCurrent) setAwaited(true);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (!isOpen && isCell && !event.altKey) return;
      event.preventDefault();
      if (isOpen) point(active + (event.key === 'ArrowDown' ? 1 : -1));
      else open();
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if ((event.key === 'Enter' || event.key === 'Tab') && isOpen) {
      // In a grid the key moves on as well; on a form Enter only takes what is meant.
      if (event.key === 'Enter' && !isCell) event.preventDefault();
      take();
    }
  };

  const type = (text: string) => {
    setTyped(text);
    setActive(0);
    setPointed(false);
    setAwaited(false);
    setOpen(true);
    if (text === '') onPick(null);
  };

  const leave = () => {
    if (!awaited.current) close();
  };

  return {
    typed,
    isOpen,
    active,
    found,
    isCurrent,
    error,
    open,
    pick,
    point,
    type,
    leave,
    onKeyDown,
  };
}
