import type { LedgerEffects } from '../api/documents';
import { isLink, type Row, type Value } from '../api/values';
import { addUp } from '../core/decimal';
import { isNumeric } from '../core/numeric';
import { kindOf } from '../fields/kinds';
import { resolveField } from '../meta/resolve';
import type { Field } from '../meta/types';
import { DataCell } from '../report/DataCell';
import tables from '../ui/tables.module.css';
import { useForm } from './FormContext';

/** Columns in which no entry says anything are left out. */
function usedColumns(ledger: LedgerEffects): readonly Field[] {
  return ledger.columns
    .filter((column) =>
      ledger.entries.some(
        (entry) =>
          entry[column.name] !== null &&
          entry[column.name] !== undefined &&
          entry[column.name] !== '',
      ),
    )
    .map((column) => resolveField(column.name, column));
}

function lineWords(
  value: Value | Readonly<Record<string, unknown>>,
  label: (table: string) => string,
): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isLink(value as Value))
    return '';
  const line = value as Readonly<Record<string, unknown>>;
  if (typeof line.index !== 'number') return '';
  return `${label(String(line.table ?? ''))} ${String(line.index)}`;
}

function totalOf(field: Field, entries: readonly Row[]): string | null {
  if (
    field.type !== 'money' &&
    field.type !== 'quantity' &&
    field.type !== 'decimal' &&
    field.type !== 'integer'
  )
    return null;
  return addUp(
    entries.map((entry) => String(entry[field.name] ?? '')),
    field.scale,
  );
}

/** The entries of one ledger with the rule that wrote each and the line it came from. */
export function LedgerTable({ ledger }: { readonly ledger: LedgerEffects }) {
  const { doctype } = useForm();
  const columns = usedColumns(ledger);
  const tableLabel = (path: string) => {
    const name = path.split('.').at(-1) ?? path;
    const above = path.split('.').slice(0, -1).join('.');
    return doctype.tables[above]?.fields[name]?.label ?? name;
  };
  const hasReversals = ledger.entries.some((entry) => entry.reverses);
  return (
    <div className={tables.scroll}>
      <table className={tables.table} aria-label={`Entries in ${ledger.label}`}>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Line</th>
            {columns.map((column) => (
              <th key={column.name} scope="col" data-align={kindOf(column.type).align}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ledger.entries.map((entry, index) => (
            // Entries are never reordered; a preview's have no id.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <tr key={index} data-quiet={Boolean(entry.reverses) || undefined}>
              <td>
                {String(entry.rule ?? '')}
                {hasReversals && entry.reverses ? ' (reversal)' : ''}
              </td>
              <td>{lineWords(entry.line, tableLabel)}</td>
              {columns.map((column) => (
                <DataCell key={column.name} field={column} value={entry[column.name]} />
              ))}
            </tr>
          ))}
        </tbody>
        {columns.some((column) => isNumeric(column.type)) ? (
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                Total
              </th>
              {columns.map((column) => (
                <DataCell
                  key={column.name}
                  field={column}
                  value={totalOf(column, ledger.entries)}
                />
              ))}
            </tr>
          </tfoot>
        ) : null}
      </table>
    </div>
  );
}
