import styles from './control.module.css';
import type { InputProps } from './types';

/** Class of a native control: framed on a form, bare in a cell. */
export function controlClass(isCell: boolean | undefined, ...more: string[]): string {
  return [styles.control, isCell ? styles.cell : '', ...more]
    .filter((name) => name !== '')
    .join(' ');
}

/** The attributes that every native control shares. */
export function controlAttributes(props: InputProps) {
  return {
    id: props.id,
    'aria-label': props.ariaLabel,
    'aria-describedby': props.describedBy,
    'aria-invalid': props.isInvalid ? ('true' as const) : undefined,
    'data-autofocus': props.autoFocus ? true : undefined,
    'aria-required': props.isRequired ? ('true' as const) : undefined,
  };
}
