import { rowsOf } from '../api/values';
import type { Shown } from '../core/conditions';
import { holds, shownAs } from '../core/conditions';
import type { OpenDocument } from '../core/useDocument';
import type { Field, Section } from '../meta/types';
import { ChildGrid } from './ChildGrid';
import { FieldBox } from './FieldBox';
import { useForm } from './FormContext';
import styles from './form.module.css';

interface Place {
  readonly field: Field;
  readonly shown: Shown;
}
type Line = readonly Place[];

/** A table stands alone; rows of fields between tables stand together and flow side by side where there is room. */
type Block = { readonly table: Place } | { readonly lines: readonly Line[] };

function visibleLines(open: OpenDocument, section: Section): readonly Line[] {
  const known = open.doctype.tables['']?.fields ?? {};
  return section.show
    .map((names) =>
      names.flatMap((name): Line => {
        const field = known[name];
        if (!field || field.type === 'back') return [];
        const isLocked = !open.isOpen(name);
        const shown = shownAs(field, open.frame, open.facts, isLocked);
        const isEmptyTable = field.type === 'table' && rowsOf(open.document, name).length === 0;
        return shown.visible && !(isLocked && isEmptyTable) ? [{ field, shown }] : [];
      }),
    )
    .filter((line) => line.length > 0);
}

function blocksOf(lines: readonly Line[]): readonly Block[] {
  const blocks: Block[] = [];
  let flowing: Line[] = [];
  const flush = () => {
    if (flowing.length > 0) blocks.push({ lines: flowing });
    flowing = [];
  };
  for (const line of lines) {
    const plain = line.filter(({ field }) => field.type !== 'table');
    if (plain.length > 0) flowing.push(plain);
    for (const table of line.filter(({ field }) => field.type === 'table')) {
      flush();
      blocks.push({ table });
    }
  }
  flush();
  return blocks;
}

function LineView({ line }: { readonly line: Line }) {
  const { document } = useForm();
  return (
    <div className={styles.line} style={{ '--columns': Math.max(2, line.length) }}>
      {line.map(({ field, shown }) => (
        <FieldBox key={field.name} field={field} row={document} path={[]} shown={shown} />
      ))}
    </div>
  );
}

/** A titled part of the form, with its rows of fields and its tables. */
export function SectionView({ section }: { readonly section: Section }) {
  const open = useForm();
  if (!holds(section.visibleIf, open.frame, open.facts, true)) return null;
  const blocks = blocksOf(visibleLines(open, section));
  if (blocks.length === 0) return null;
  return (
    <section className={styles.section} aria-label={section.title || open.doctype.label}>
      {section.title === '' ? null : <h2 className={styles.sectionTitle}>{section.title}</h2>}
      {blocks.map((block) =>
        'table' in block ? (
          <div key={block.table.field.name} className={styles.tableField}>
            {block.table.field.label === section.title ? null : (
              <h3 className={styles.tableTitle}>{block.table.field.label}</h3>
            )}
            <ChildGrid above={[]} aboveRow={open.document} field={block.table.field} />
          </div>
        ) : (
          <div key={block.lines[0]?.[0]?.field.name} className={styles.lines}>
            {block.lines.map((line) => (
              <LineView key={line[0]?.field.name} line={line} />
            ))}
          </div>
        ),
      )}
    </section>
  );
}
