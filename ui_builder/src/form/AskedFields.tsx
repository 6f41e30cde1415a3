import type { Row, Value } from '../api/values';
import { kindOf } from '../fields/kinds';
import type { Field } from '../meta/types';
import styles from './form.module.css';

interface AskedProps {
  readonly field: Field;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly isFirst: boolean;
}

function Asked({ field, value, onChange, isFirst }: AskedProps) {
  const { Input } = kindOf(field.type);
  const id = `asked-${field.name}`;
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {field.label}
        {field.required ? <span className={styles.star} aria-hidden="true" /> : null}
      </label>
      <Input
        field={field}
        value={value}
        onChange={onChange}
        id={id}
        isRequired={field.required}
        autoFocus={isFirst}
      />
    </div>
  );
}

/** The fields of a question that a dialog can show. */
export function shownFields(fields: readonly Field[]): readonly Field[] {
  return fields.filter((field) => field.type !== 'table' && field.type !== 'back');
}

/** Labels of what must be answered and is not. */
export function unanswered(fields: readonly Field[], answers: Row): readonly string[] {
  const isEmpty = (value: Value) => value === undefined || value === null || value === '';
  return shownFields(fields)
    .filter((field) => field.required && !field.hasDefault && isEmpty(answers[field.name]))
    .map((field) => field.label);
}

interface Props {
  readonly fields: readonly Field[];
  readonly answers: Row;
  readonly onChange: (change: (known: Row) => Row) => void;
}

/** What a transition, an action or a limit wants to know. */
export function AskedFields({ fields, answers, onChange }: Props) {
  return shownFields(fields).map((field, place) => (
    <Asked
      key={field.name}
      isFirst={place === 0}
      field={field}
      value={answers[field.name] ?? null}
      onChange={(value) => onChange((known) => ({ ...known, [field.name]: value }))}
    />
  ));
}
