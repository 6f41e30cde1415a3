import { useState } from 'react';
import { textOf } from '../../api/values';
import { parseDecimal } from '../../core/decimal';
import { useDigitGroups } from '../../meta/MetaContext';
import { controlAttributes, controlClass } from '../control';
import styles from '../control.module.css';
import type { InputProps } from '../types';
import { useDraft } from '../useDraft';
import { useSelectAll } from '../useSelectAll';
import { formatNumber } from './format';

/** A number, exact at the field's scale: its digits in groups, typed with or without commas. */
export function NumberInput(props: InputProps) {
  const { field, value, onChange } = props;
  const sizes = useDigitGroups();
  const known = textOf(value);
  const draft = useDraft(known === '' ? '' : formatNumber(known, field.type, field.scale, sizes));
  const selecting = useSelectAll();
  const [isNoNumber, setNoNumber] = useState(false);

  const type = (typed: string) => {
    draft.type(typed);
    const parsed = parseDecimal(typed, field.scale);
    setNoNumber(parsed === undefined);
    if (parsed === undefined) return;
    onChange(parsed !== null && field.type === 'integer' ? Number(parsed) : parsed);
  };

  const leave = () => {
    draft.end();
    setNoNumber(false);
  };

  return (
    <input
      {...controlAttributes({ ...props, isInvalid: Boolean(props.isInvalid) || isNoNumber })}
      className={controlClass(props.isCell, styles.right ?? '')}
      type="text"
      inputMode="decimal"
      autoComplete="off"
      value={draft.shown}
      readOnly={props.isReadOnly}
      title={isNoNumber ? 'This is not a number.' : undefined}
      {...selecting}
      onChange={(event) => type(event.currentTarget.value)}
      onBlur={leave}
    />
  );
}
