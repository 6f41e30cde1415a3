import { textOf } from '../../api/values';
import { controlAttributes, controlClass } from '../control';
import type { InputProps } from '../types';

export function TimeInput(props: InputProps) {
  return (
    <input
      {...controlAttributes(props)}
      className={controlClass(props.isCell)}
      type="time"
      value={textOf(props.value).slice(0, 5)}
      readOnly={props.isReadOnly}
      onChange={(event) => props.onChange(event.currentTarget.value || null)}
    />
  );
}
