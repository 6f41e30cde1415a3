import { Button, NativeSelect } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { isLink, type Value } from '../api/values';
import {
  type Filter,
  type FilterField,
  type FilterValue,
  type Operator,
  operatorsOf,
  operatorWord,
} from '../core/filters';
import { kindOf } from '../fields/kinds';
import styles from './list.module.css';

interface Props {
  readonly fields: readonly FilterField[];
  /** `title` is what the value is called where it is an id. */
  readonly onAdd: (filter: Filter, title: string | null) => void;
  readonly onClose: () => void;
}

function toFilterValue(value: Value, operator: Operator): FilterValue | null {
  if (operator === 'is_null') return true;
  if (isLink(value)) return value.id;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : null;
}

/** Builds one filter: field, operator, and a value entered as on a form. */
export function FilterEditor({ fields, onAdd, onClose }: Props) {
  const [path, setPath] = useState(fields[0]?.path ?? '');
  const chosen = fields.find((one) => one.path === path);
  const operators = chosen ? operatorsOf(chosen.field) : [];
  const [operator, setOperator] = useState<Operator | null>(null);
  const [value, setValue] = useState<Value>(null);
  const current = operator && operators.includes(operator) ? operator : (operators[0] ?? '=');
  if (!chosen) return null;
  const kind = kindOf(chosen.field.type);

  const add = (event: FormEvent) => {
    event.preventDefault();
    const given = toFilterValue(chosen.field.type === 'boolean' ? value === true : value, current);
    if (given !== null && given !== '')
      onAdd([path, current, given], isLink(value) ? value.title : null);
  };
  const choose = (next: string) => {
    setPath(next);
    setOperator(null);
    setValue(null);
  };

  return (
    <form className={styles.editor} onSubmit={add} aria-label="New filter">
      <NativeSelect
        size="xs"
        aria-label="Field"
        value={path}
        onChange={(event) => choose(event.currentTarget.value)}
        data={fields.map((one) => ({ value: one.path, label: one.label }))}
      />
      <NativeSelect
        size="xs"
        aria-label="Comparison"
        value={current}
        onChange={(event) => setOperator(event.currentTarget.value as Operator)}
        data={operators.map((one) => ({ value: one, label: operatorWord(one, chosen.field.type) }))}
      />
      {current === 'is_null' ? null : (
        <span className={styles.value}>
          <kind.Input
            key={path}
            field={chosen.field}
            value={value}
            onChange={setValue}
            id="filter-value"
            ariaLabel="Value"
          />
        </span>
      )}
      <Button type="submit">Add</Button>
      <Button variant="subtle" color="gray" onClick={onClose}>
        Close
      </Button>
    </form>
  );
}
