import { type CSSProperties, type RefObject, useLayoutEffect, useState } from 'react';

const LIST_HEIGHT_PX = 280;

function place(anchor: HTMLElement, least: number): CSSProperties {
  const box = anchor.getBoundingClientRect();
  const width = Math.min(Math.max(box.width, least), window.innerWidth - 16);
  const left = Math.max(8, Math.min(box.left, window.innerWidth - width - 8));
  const below = window.innerHeight - box.bottom - 12;
  const isBelow = below >= 160 || below >= box.top;
  return isBelow
    ? { left, width, top: box.bottom + 3, maxHeight: Math.min(LIST_HEIGHT_PX, below) }
    : {
        left,
        width,
        bottom: window.innerHeight - box.top + 3,
        maxHeight: Math.min(LIST_HEIGHT_PX, box.top - 12),
      };
}

/** Where a list that belongs to `anchor` goes on the screen; follows scrolling and resizing while open. */
export function useAnchored(
  anchor: RefObject<HTMLElement | null>,
  isOpen: boolean,
  leastWidth: number,
): CSSProperties {
  const [style, setStyle] = useState<CSSProperties>({ visibility: 'hidden' });
  useLayoutEffect(() => {
    if (!isOpen) return;
    const follow = () => anchor.current && setStyle(place(anchor.current, leastWidth));
    follow();
    window.addEventListener('scroll', follow, true);
    window.addEventListener('resize', follow);
    return () => {
      window.removeEventListener('scroll', follow, true);
      window.removeEventListener('resize', follow);
    };
  }, [anchor, isOpen, leastWidth]);
  return style;
}
