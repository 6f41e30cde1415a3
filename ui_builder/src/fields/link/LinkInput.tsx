import { useRef } from 'react';
import { isLink, type Value } from '../../api/values';
import { ChevronIcon } from '../../ui/icons';
import { controlAttributes, controlClass } from '../control';
import styles from '../control.module.css';
import type { InputProps } from '../types';
import { LinkList, optionId } from './LinkList';
import { OpenLink } from './OpenLink';
import { useLinkPicker } from './useLinkPicker';

/** A pasted key is text until the server has found its record. */
function titleOf(value: Value): string {
  if (isLink(value)) return value.title;
  return typeof value === 'string' ? value : '';
}

/** Picks a record by search: type, arrow keys, Enter; Esc leaves it as it was; emptied, the link is gone. */
export function LinkInput(props: InputProps) {
  const { value, id } = props;
  const anchor = useRef<HTMLInputElement>(null);
  const picker = useLinkPicker({
    field: props.field,
    isReadOnly: props.isReadOnly ?? false,
    isCell: props.isCell ?? false,
    onPick: props.onChange,
  });
  const { found, active, isOpen, typed } = picker;

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
        title={props.isCell ? titleOf(value) : undefined}
        onFocus={(event) => event.currentTarget.select()}
        onClick={picker.open}
        onChange={(event) => picker.type(event.currentTarget.value)}
        onKeyDown={picker.onKeyDown}
        onBlur={picker.leave}
      />
      {isLink(value) && typed === null && !props.isCell ? (
        <OpenLink field={props.field} value={value} />
      ) : props.isReadOnly ? null : (
        <span className={styles.mark}>
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
          isLoading={!picker.isCurrent}
          failure={picker.error}
          onPick={picker.pick}
          onPoint={picker.point}
        />
      ) : null}
    </span>
  );
}
