import { textOf } from '../../api/values';
import { toLocalMoment } from '../../core/dates';
import { controlAttributes, controlClass } from '../control';
import type { InputProps } from '../types';

/** A moment: entered in local time, kept as UTC. */
export function DateTimeInput(props: InputProps) {
  const change = (typed: string) => {
    const moment = new Date(typed);
    props.onChange(typed === '' || Number.isNaN(moment.getTime()) ? null : moment.toISOString());
  };
  return (
    <input
      {...controlAttributes(props)}
      className={controlClass(props.isCell)}
      type="datetime-local"
      value={toLocalMoment(textOf(props.value))}
      readOnly={props.isReadOnly}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
