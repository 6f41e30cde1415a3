/** A link as the server reads it; `doctype` stands only where several targets are possible. */
export interface LinkValue {
  readonly id: number;
  readonly title: string;
  readonly doctype?: string;
}

export type Scalar = string | number | boolean | null;
/** Numbers with decimals are texts (`"1180.00"`), dates ISO texts, child tables lists of rows. */
export type Value = Scalar | LinkValue | readonly Row[] | undefined;

/** One row of one table, as REST carries it. Never changed in place. */
export interface Row {
  readonly [field: string]: Value;
}

export function isLink(value: Value): value is LinkValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'id' in value;
}

export function isRows(value: Value): value is readonly Row[] {
  return Array.isArray(value);
}

export function rowsOf(row: Row, field: string): readonly Row[] {
  const value = row[field];
  return isRows(value) ? value : [];
}

export function textOf(value: Value): string {
  if (value === null || value === undefined) return '';
  if (isLink(value)) return value.title;
  return isRows(value) ? '' : String(value);
}
