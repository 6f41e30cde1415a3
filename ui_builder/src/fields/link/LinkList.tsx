import { type RefObject, useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { sentenceOf } from '../../api/problems';
import type { Candidate } from '../../core/useLinkSearch';
import { useAnchored } from '../../ui/useAnchored';
import styles from '../control.module.css';

interface Props {
  readonly id: string;
  readonly label: string;
  readonly anchor: RefObject<HTMLElement | null>;
  readonly found: readonly Candidate[];
  readonly active: number;
  readonly isLoading: boolean;
  readonly failure: unknown;
  readonly onPick: (candidate: Candidate) => void;
  readonly onPoint: (index: number) => void;
}

const LEAST_WIDTH_PX = 260;

export function optionId(id: string, index: number): string {
  return `${id}-option-${String(index)}`;
}

/** The candidates of a link field, below (or above) its input. */
export function LinkList(props: Props) {
  const { id, found, active } = props;
  const style = useAnchored(props.anchor, true, LEAST_WIDTH_PX);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current
      ?.querySelector(`#${CSS.escape(optionId(id, active))}`)
      ?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);

  return createPortal(
    <div
      ref={list}
      id={`${id}-list`}
      role="listbox"
      aria-label={props.label}
      className={styles.list}
      style={style}
    >
      {found.map((candidate, index) => (
        // Keys are handled by the input, which keeps the focus.
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above
        <div
          key={candidate.value.id}
          id={optionId(id, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className={styles.option}
          onMouseDown={(event) => event.preventDefault()}
          onMouseEnter={() => props.onPoint(index)}
          onClick={() => props.onPick(candidate)}
        >
          <span className={styles.optionTitle}>{candidate.value.title}</span>
          {candidate.more === '' ? null : (
            <span className={styles.optionMore}>{candidate.more}</span>
          )}
        </div>
      ))}
      {found.length > 0 ? null : (
        <div className={styles.optionNone}>
          {props.failure
            ? sentenceOf(props.failure)
            : props.isLoading
              ? 'Searching…'
              : 'Nothing found.'}
        </div>
      )}
    </div>,
    document.body,
  );
}
