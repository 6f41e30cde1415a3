import { textOf } from '../../api/values';
import { controlAttributes, controlClass } from '../control';
import type { InputProps } from '../types';

const MODES: Readonly<Record<string, 'email' | 'tel' | 'url' | 'numeric'>> = {
  email: 'email',
  phone: 'tel',
  url: 'url',
  pincode: 'numeric',
  hsn: 'numeric',
};
const CAPITALS: ReadonlySet<string> = new Set(['gstin', 'pan']);

/** One line of text, plain or of a checked kind (GSTIN, PAN, phone …); the server checks it and says what is wrong. */
export function TextInput(props: InputProps) {
  const { field, value, onChange } = props;
  const tidy = (typed: string) => (CAPITALS.has(field.type) ? typed.toUpperCase() : typed);
  return (
    <input
      {...controlAttributes(props)}
      className={controlClass(props.isCell)}
      type="text"
      inputMode={MODES[field.type] ?? 'text'}
      spellCheck={field.type === 'text'}
      autoComplete="off"
      maxLength={field.length > 0 ? field.length : undefined}
      value={textOf(value)}
      readOnly={props.isReadOnly}
      onChange={(event) => onChange(tidy(event.currentTarget.value) || null)}
      onBlur={(event) => {
        const trimmed = event.currentTarget.value.trim();
        if (trimmed !== event.currentTarget.value) onChange(trimmed || null);
      }}
    />
  );
}
