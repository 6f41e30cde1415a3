import { textOf } from '../../api/values';
import { textFault } from '../../core/textTypes';
import { controlAttributes, controlClass } from '../control';
import type { InputProps } from '../types';

const MODES: Readonly<Record<string, 'email' | 'tel' | 'url' | 'numeric'>> = {
  email: 'email',
  phone: 'tel',
  url: 'url',
};

/** One line of text, plain or of a checked kind (phone, or one that a pack declares); what is wrong with it stands in its tip. */
export function TextInput(props: InputProps) {
  const { field, value, onChange } = props;
  const tidy = (typed: string) => (field.form?.capitals ? typed.toUpperCase() : typed);
  return (
    <input
      {...controlAttributes(props)}
      className={controlClass(props.isCell)}
      type="text"
      inputMode={field.form?.digits ? 'numeric' : (MODES[field.type] ?? 'text')}
      spellCheck={field.type === 'text' && !field.form}
      title={(field.form && textFault(field.form, textOf(value))) ?? undefined}
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
