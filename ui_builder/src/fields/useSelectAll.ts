import { type FocusEvent, type MouseEvent, useRef } from 'react';

/** Selects the whole text when a field is entered, by key or by mouse, so that typing replaces it. */
export function useSelectAll() {
  const isFresh = useRef(false);
  return {
    onMouseDown: (event: MouseEvent<HTMLInputElement>) => {
      isFresh.current = document.activeElement !== event.currentTarget;
    },
    onFocus: (event: FocusEvent<HTMLInputElement>) => event.currentTarget.select(),
    onMouseUp: (event: MouseEvent<HTMLInputElement>) => {
      // The browser would put the caret where the mouse is; the next click does.
      if (isFresh.current) event.preventDefault();
      isFresh.current = false;
    },
  };
}
