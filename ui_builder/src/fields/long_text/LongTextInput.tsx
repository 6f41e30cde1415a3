import { textOf } from '../../api/values';
import { controlAttributes, controlClass } from '../control';
import type { InputProps } from '../types';

/** Several lines of text; grows with what is written. */
export function LongTextInput(props: InputProps) {
  return (
    <textarea
      {...controlAttributes(props)}
      className={controlClass(props.isCell)}
      rows={props.isCell ? 1 : 2}
      value={textOf(props.value)}
      readOnly={props.isReadOnly}
      onChange={(event) => props.onChange(event.currentTarget.value || null)}
    />
  );
}
