import { type KeyboardEvent, useRef, useState } from 'react';
import { isLink, type Value } from '../../api/values';
import { type Candidate, useLinkSearch } from '../../core/useLinkSearch';
import { ChevronIcon } from '../../ui/icons';
import { controlAttributes, controlClass } from '../control';
import styles from '../control.module.css';
import type { InputProps } from '../types';
import { LinkList, optionId } from './LinkList';
import { OpenLink } from './OpenLink';

function titleOf(value: Value): string {
  return isLink(value) ? value.title : '';
}

/** Picks a record by search: type, arrow keys, Enter; Esc leaves it as it was; emptied, the link is gone. */
export function LinkInput(props: InputProps) {
  const { value, onChange, id } = props;
  const anchor = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const search = useLinkSearch(props.field, typed ?? '', isOpen);
  const found = search.data ?? [];

  const open = () => {
    if (props.isReadOnly || isOpen) return;
    setActive(0);
    setOpen(true);
  };
  const close = () => {
    setOpen(false);
    setTyped(null);
  };
  const pick = (candidate: Candidate) => {
    onChange(candidate.value);
    close();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const chosen = found[active];
    if (
      (event.key === 'ArrowDown' || event.key === 'ArrowUp') &&
      (isOpen || event.altKey || !props.isCell)
    ) {
      event.preventDefault();
      if (!isOpen) open();
      else setActive((now) => clamp(now + (event.key === 'ArrowDown' ? 1 : -1), found.length));
    } else if (event.key === 'Escape' && isOpen) {
      event.stopPropagation();
      close();
    } else if (
      (event.key === 'Enter' || event.key === 'Tab') &&
      isOpen &&
      chosen &&
      typed !== null &&
      typed !== ''
    ) {
      // Enter only picks; in a grid it would otherwise move on before the answer is seen.
      if (event.key === 'Enter') event.preventDefault();
      if (!search.isPlaceholderData) pick(chosen);
    } else if (event.key === 'Enter' && isOpen && chosen && !isLink(value)) {
      event.preventDefault();
      pick(chosen);
    }
  };

  const type = (text: string) => {
    setTyped(text);
    setActive(0);
    setOpen(true);
    if (text === '') onChange(null);
  };

  return (
    <span className={styles.group}>
      <input
        {...controlAttributes(props)}
        ref={anchor}
        className={controlClass(props.isCell, styles.withInside ?? '')}
        type="text"
        role="combobox"
        autoComplete="off"
        spellCheck={false}
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && found[active] ? optionId(id, active) : undefined}
        value={typed ?? titleOf(value)}
        readOnly={props.isReadOnly}
        onFocus={(event) => event.currentTarget.select()}
        onClick={open}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      {isLink(value) && typed === null && !props.isCell ? (
        <OpenLink field={props.field} value={value} />
      ) : props.isReadOnly ? null : (
        <span className={styles.inside} style={{ pointerEvents: 'none', rotate: '90deg' }}>
          <ChevronIcon />
        </span>
      )}
      {isOpen ? (
        <LinkList
          id={id}
          label={props.ariaLabel ?? props.field.label}
          anchor={anchor}
          found={found}
          active={active}
          isLoading={search.isFetching}
          failure={search.error}
          onPick={pick}
          onPoint={setActive}
        />
      ) : null}
    </span>
  );
}

function clamp(index: number, count: number): number {
  return Math.max(0, Math.min(index, count - 1));
}
