import { controlAttributes } from '../control';
import styles from '../control.module.css';
import type { InputProps } from '../types';

export function BooleanInput(props: InputProps) {
  return (
    <span className={styles.checkbox} data-cell={props.isCell || undefined}>
      <input
        {...controlAttributes(props)}
        type="checkbox"
        className={styles.check}
        checked={props.value === true}
        disabled={props.isReadOnly}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
    </span>
  );
}
