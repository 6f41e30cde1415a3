import { useRef, useState } from 'react';
import { textOf } from '../../api/values';
import { formatDay, isoDay, parseDay } from '../../core/dates';
import { CalendarIcon } from '../../ui/icons';
import { controlAttributes, controlClass } from '../control';
import styles from '../control.module.css';
import type { InputProps } from '../types';
import { useDraft } from '../useDraft';
import { useSelectAll } from '../useSelectAll';

/** A day, typed in any usual way (`1/4`, `01-04-2026`, `t` for today) or picked from the browser's calendar. */
export function DateInput(props: InputProps) {
  const known = textOf(props.value);
  const draft = useDraft(formatDay(known));
  const selecting = useSelectAll();
  const [isNoDate, setNoDate] = useState(false);
  const picker = useRef<HTMLInputElement>(null);

  const type = (typed: string) => {
    draft.type(typed);
    const day = parseDay(typed, isoDay(new Date()));
    setNoDate(day === undefined);
    const isFinished = /^\d{4}-|\d{4}$/.test(typed.trim());
    if (day !== undefined && (day === null || isFinished)) props.onChange(day);
  };

  const leave = (typed: string) => {
    const day = parseDay(typed, isoDay(new Date()));
    if (draft.isEditing && day !== undefined && day !== (known || null)) props.onChange(day);
    setNoDate(false);
    draft.end();
  };

  return (
    <span className={styles.group}>
      <input
        {...controlAttributes({ ...props, isInvalid: Boolean(props.isInvalid) || isNoDate })}
        className={controlClass(props.isCell, styles.withInside ?? '')}
        type="text"
        inputMode="numeric"
        autoComplete="off"
        placeholder={props.isCell || props.isReadOnly ? undefined : 'dd-mm-yyyy'}
        value={draft.shown}
        readOnly={props.isReadOnly}
        {...selecting}
        onChange={(event) => type(event.currentTarget.value)}
        onBlur={(event) => leave(event.currentTarget.value)}
      />
      {props.isReadOnly ? null : (
        <button
          type="button"
          tabIndex={-1}
          className={styles.inside}
          aria-label={`Calendar for ${props.ariaLabel ?? props.field.label}`}
          onClick={() => picker.current?.showPicker()}
        >
          <CalendarIcon />
        </button>
      )}
      <input
        ref={picker}
        type="date"
        tabIndex={-1}
        aria-hidden="true"
        className={styles.hiddenPicker}
        value={known}
        onChange={(event) => props.onChange(event.currentTarget.value || null)}
      />
    </span>
  );
}
