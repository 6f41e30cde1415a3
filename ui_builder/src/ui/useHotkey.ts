import { useEffect, useRef } from 'react';

export interface Hotkey {
  readonly key: string;
  readonly ctrl?: boolean;
  readonly alt?: boolean;
}

function matches(event: KeyboardEvent, wanted: Hotkey): boolean {
  const isCtrl = event.ctrlKey || event.metaKey;
  const isKey =
    event.key.toLowerCase() === wanted.key || event.code.toLowerCase() === `key${wanted.key}`;
  return isKey && isCtrl === Boolean(wanted.ctrl) && event.altKey === Boolean(wanted.alt);
}

/** Calls `act` on a key combination anywhere on the page; null switches it off. */
export function useHotkey(wanted: Hotkey, act: (() => void) | null): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  const { key, ctrl = false, alt = false } = wanted;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!latest.current || event.defaultPrevented || !matches(event, { key, ctrl, alt })) return;
      event.preventDefault();
      // What is being typed becomes a value when the field is left.
      if (document.activeElement instanceof HTMLElement && ctrl) commit(document.activeElement);
      latest.current();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [key, ctrl, alt]);
}

function commit(element: HTMLElement): void {
  element.blur();
  element.focus();
}
