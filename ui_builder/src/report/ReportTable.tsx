import { Link } from '@tanstack/react-router';
import type { Drill, ReportAnswer } from '../api/documents';
import { isLink, type Row, textOf, type Value } from '../api/values';
import { kindOf } from '../fields/kinds';
import { doctypeByRoute, useMeta } from '../meta/MetaContext';
import { resolveField } from '../meta/resolve';
import type { Field } from '../meta/types';
import tables from '../ui/tables.module.css';
import { DataCell } from './DataCell';
import styles from './report.module.css';

interface Props {
  readonly label: string;
  readonly answer: ReportAnswer;
  readonly isBusy: boolean;
}

function drillOf(row: Row): Drill | null {
  const drill: unknown = row._drill;
  return typeof drill === 'object' && drill !== null ? (drill as Drill) : null;
}

function parameters(drill: Drill): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(drill.params ?? {})) {
    if (value === null || value === undefined) continue;
    const isRecord = typeof value === 'object' && 'id' in value;
    found[name] = String(isRecord ? value.id : value);
  }
  return found;
}

/** The first column of a row, leading to what is behind it. */
function DrillCell({
  field,
  value,
  drill,
}: {
  readonly field: Field;
  readonly value: Value;
  readonly drill: Drill;
}) {
  const meta = useMeta();
  const kind = kindOf(field.type);
  const content = isLink(value) ? value.title : <kind.Show field={field} value={value} />;
  const word = textOf(value) === '' ? 'Open' : content;
  const doctype = drill.route ? doctypeByRoute(meta, drill.route) : undefined;
  return (
    <td data-align={kind.align} data-label={field.label}>
      {drill.report && meta.reports[drill.report] ? (
        <Link to="/report/$report" params={{ report: drill.report }} search={parameters(drill)}>
          {word}
        </Link>
      ) : doctype && drill.id ? (
        <Link to="/doc/$doctype/$id" params={{ doctype: doctype.key, id: String(drill.id) }}>
          {word}
        </Link>
      ) : (
        content
      )}
    </td>
  );
}

/** Where a drill-down hangs best: the column that names the document, else the first. */
function drillColumn(columns: readonly Field[], rows: readonly Row[]): string {
  const drill = rows.map(drillOf).find((one) => one !== null);
  const byName = drill?.id
    ? columns.find((column) => column.name === 'origin' || column.name === 'document')
    : undefined;
  return (byName ?? columns[0])?.name ?? '';
}

function SumRow({
  label,
  columns,
  values,
}: {
  readonly label: string;
  readonly columns: readonly Field[];
  readonly values: Row;
}) {
  const [first, ...rest] = columns;
  if (!first) return null;
  return (
    <tr data-strong>
      <th scope="row">{label}</th>
      {rest.map((column) => (
        <DataCell key={column.name} field={column} value={values[column.name]} />
      ))}
    </tr>
  );
}

/** The rows of a report with opening, totals and closing; each row leads to what is behind it. */
export function ReportTable({ label, answer, isBusy }: Props) {
  const columns = answer.columns.map((column) => resolveField(column.name, column));
  const drillAt = drillColumn(columns, answer.rows);
  const totals = answer.totals && Object.keys(answer.totals).length > 0 ? answer.totals : null;
  return (
    <div className={styles.card}>
      <div className={tables.scroll}>
        <table className={tables.table} aria-label={label} aria-busy={isBusy}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.name} scope="col" data-align={kindOf(column.type).align}>
                  {column.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {answer.opening ? (
              <SumRow label="Opening" columns={columns} values={answer.opening} />
            ) : null}
            {answer.rows.map((row, index) => {
              const drill = drillOf(row);
              return (
                // Rows of a report have no id and are never reordered here.
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                <tr key={index}>
                  {columns.map((column) =>
                    drill && column.name === drillAt ? (
                      <DrillCell
                        key={column.name}
                        field={column}
                        value={row[column.name]}
                        drill={drill}
                      />
                    ) : (
                      <DataCell key={column.name} field={column} value={row[column.name]} />
                    ),
                  )}
                </tr>
              );
            })}
            {answer.rows.length === 0 ? (
              <tr>
                <td colSpan={Math.max(1, columns.length)} className={styles.none}>
                  Nothing in this period.
                </td>
              </tr>
            ) : null}
          </tbody>
          {totals || answer.closing ? (
            <tfoot>
              {totals ? <SumRow label="Total" columns={columns} values={totals} /> : null}
              {answer.closing ? (
                <SumRow label="Closing" columns={columns} values={answer.closing} />
              ) : null}
            </tfoot>
          ) : null}
        </table>
      </div>
      <p className={styles.count}>
        {answer.rows.length} {answer.rows.length === 1 ? 'row' : 'rows'}
      </p>
    </div>
  );
}
