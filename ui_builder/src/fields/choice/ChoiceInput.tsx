import { textOf } from '../../api/values';
import { controlAttributes, controlClass } from '../control';
import type { InputProps } from '../types';

/** One of a few words that the field lists. */
export function ChoiceInput(props: InputProps) {
  const value = textOf(props.value);
  const isKnown = value === '' || props.field.options.some((option) => option.value === value);
  return (
    <select
      {...controlAttributes(props)}
      className={controlClass(props.isCell)}
      value={value}
      disabled={props.isReadOnly}
      onChange={(event) => props.onChange(event.currentTarget.value || null)}
    >
      <option value="" />
      {isKnown ? null : <option value={value}>{value}</option>}
      {props.field.options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
