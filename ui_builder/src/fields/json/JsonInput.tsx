import { controlAttributes, controlClass } from '../control';
import styles from '../control.module.css';
import type { InputProps } from '../types';

/** Structured data that programs write; people only read it here. */
export function JsonInput(props: InputProps) {
  const text =
    props.value === null || props.value === undefined ? '' : JSON.stringify(props.value, null, 1);
  return (
    <textarea
      {...controlAttributes(props)}
      className={controlClass(props.isCell, styles.code ?? '')}
      rows={props.isCell ? 1 : 3}
      value={text}
      readOnly
    />
  );
}
