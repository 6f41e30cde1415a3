import { useState } from 'react';
import type { Problem } from '../api/problems';
import type { Row } from '../api/values';
import type { Shown } from '../core/conditions';
import { typedOf } from '../core/document';
import { fieldPathText, type RowPath } from '../core/paths';
import { kindOf } from '../fields/kinds';
import type { Field } from '../meta/types';
import { useForm } from './FormContext';
import styles from './form.module.css';
import { Messages } from './Messages';
import { Why } from './Why';

interface Props {
  readonly field: Field;
  readonly row: Row;
  readonly path: RowPath;
  readonly shown: Shown;
}

/** One field with its label, help and problems. */
export function FieldBox({ field, row, path, shown }: Props) {
  const { editing, findings } = useForm();
  const [isAsked, setAsked] = useState(false);
  const place = fieldPathText(path, field.name);
  const id = `field-${place.replace(/[^a-z0-9_]/gi, '-')}`;
  const problems: readonly Problem[] = findings.get(place) ?? [];
  const kind = kindOf(field.type);
  const isTyped = field.computed && typedOf(row).has(field.name);
  const describedBy = [
    field.help === '' ? '' : `${id}-help`,
    problems.length > 0 ? `${id}-problems` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the key is pressed in the input inside.
    <div
      className={styles.field}
      data-wide={kind.isWide || undefined}
      data-type={field.type}
      data-place={place}
      onKeyDown={(event) => {
        if (!field.computed || !event.altKey || event.code !== 'KeyW') return;
        event.preventDefault();
        setAsked(!isAsked);
      }}
    >
      <div className={styles.head}>
        <label htmlFor={id} className={styles.label}>
          {field.label}
          {shown.required && !shown.readOnly ? (
            <span className={styles.star} aria-hidden="true" />
          ) : null}
          {isTyped ? (
            <span
              className={styles.typed}
              title="Typed over. Empty the field to have it worked out again."
            >
              typed
            </span>
          ) : null}
        </label>
        {field.computed ? (
          <Why label={field.label} place={place} isOpen={isAsked} onChange={setAsked} />
        ) : null}
      </div>
      <kind.Input
        field={field}
        value={row[field.name]}
        onChange={(value) => editing.set(path, field, value)}
        id={id}
        describedBy={describedBy || undefined}
        isRequired={shown.required}
        isReadOnly={shown.readOnly}
        isInvalid={problems.some((problem) => problem.action === 'refuse')}
      />
      {field.help === '' ? null : (
        <div id={`${id}-help`} className={styles.help}>
          {field.help}
        </div>
      )}
      <Messages id={`${id}-problems`} problems={problems} />
    </div>
  );
}
