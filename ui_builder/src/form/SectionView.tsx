import { holds, shownAs } from '../core/conditions';
import type { Field, Section } from '../meta/types';
import { ChildGrid } from './ChildGrid';
import { FieldBox } from './FieldBox';
import { useForm } from './FormContext';
import styles from './form.module.css';

/** A titled part of the form, with its rows of fields and its tables. */
export function SectionView({ section }: { readonly section: Section }) {
  const open = useForm();
  const { doctype, document, frame, facts } = open;
  if (!holds(section.visibleIf, frame, facts, true)) return null;
  const known = doctype.tables['']?.fields ?? {};
  const rows = section.show
    .map((names) =>
      names.flatMap((name) => {
        const field = known[name];
        return field && field.type !== 'back'
          ? [
              {
                field,
                shown: shownAs(
                  field,
                  frame,
                  facts,
                  open.isLocked && !(field.afterSubmit && document.state === 'submitted'),
                ),
              },
            ]
          : [];
      }),
    )
    .map((row) => row.filter(({ shown }) => shown.visible))
    .filter((row) => row.length > 0);
  if (rows.length === 0) return null;
  return (
    <section className={styles.section} aria-label={section.title || doctype.label}>
      {section.title === '' ? null : <h2 className={styles.sectionTitle}>{section.title}</h2>}
      {rows.map((row) => (
        <div key={row.map(({ field }) => field.name).join()} className={styles.row}>
          {row.map(({ field, shown }) =>
            field.type === 'table' ? (
              <TableField
                key={field.name}
                field={field}
                isAlone={row.length === 1 && rows.length === 1 && section.title === field.label}
              />
            ) : (
              <FieldBox key={field.name} field={field} row={document} path={[]} shown={shown} />
            ),
          )}
        </div>
      ))}
    </section>
  );
}

function TableField({ field, isAlone }: { readonly field: Field; readonly isAlone: boolean }) {
  const { document } = useForm();
  return (
    <div className={styles.tableField}>
      {isAlone ? null : <h3 className={styles.tableTitle}>{field.label}</h3>}
      <ChildGrid above={[]} aboveRow={document} field={field} />
    </div>
  );
}
