/** Filters of a list as REST takes them: `[field path, operator, value]`. */
import type { Doctype, Field, FieldType, Meta } from '../meta/types';
import { isNumeric } from './numeric';

export type Operator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'contains'
  | 'starts'
  | 'is_null';
export type FilterValue = string | number | boolean | readonly (string | number)[];
export type Filter = readonly [field: string, operator: Operator, value: FilterValue];

export interface FilterField {
  /** `posting_date` or, over a link, `customer.group`. */
  readonly path: string;
  readonly label: string;
  readonly field: Field;
}

const WORDS: Readonly<Record<Operator, string>> = {
  '=': 'is',
  '!=': 'is not',
  '<': 'below',
  '<=': 'up to',
  '>': 'above',
  '>=': 'from',
  in: 'is one of',
  contains: 'contains',
  starts: 'begins with',
  is_null: 'is empty',
};

export function operatorWord(operator: Operator, type: FieldType): string {
  if (type === 'date' || type === 'datetime') {
    if (operator === '<') return 'before';
    if (operator === '>') return 'after';
  }
  return WORDS[operator];
}

/** The operators that make sense for a field, the usual one first. */
export function operatorsOf(field: Field): readonly Operator[] {
  if (field.type === 'link') return ['=', '!=', 'is_null'];
  if (field.type === 'choice') return ['=', '!=', 'is_null'];
  if (field.type === 'boolean') return ['='];
  if (field.type === 'date' || field.type === 'datetime' || isNumeric(field.type)) {
    return ['>=', '<=', '=', '!=', '<', '>', 'is_null'];
  }
  return ['contains', 'starts', '=', '!=', 'is_null'];
}

function usable(field: Field): boolean {
  return field.type !== 'table' && field.type !== 'back' && field.type !== 'json';
}

/** The fields a list can be filtered by: its own, and one step over each single link. */
export function filterFields(meta: Meta, doctype: Doctype): readonly FilterField[] {
  const own = Object.values(doctype.tables['']?.fields ?? {}).filter(usable);
  const found: FilterField[] = own.map((field) => ({
    path: field.name,
    label: field.label,
    field,
  }));
  for (const link of own.filter((field) => field.type === 'link' && field.link.length === 1)) {
    const target = meta.doctypes[link.link[0]?.doctype ?? ''];
    for (const field of Object.values(target?.tables['']?.fields ?? {}).filter(usable)) {
      found.push({
        path: `${link.name}.${field.name}`,
        label: `${link.label} › ${field.label}`,
        field,
      });
    }
  }
  return found;
}

function isFilter(value: unknown): value is Filter {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    typeof value[0] === 'string' &&
    String(value[1]) in WORDS
  );
}

/** Reads the filters in an address; what is none is left out. */
export function parseFilters(text: string | undefined): readonly Filter[] {
  if (!text) return [];
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) ? found.filter(isFilter) : [];
  } catch {
    return [];
  }
}

export function filtersText(filters: readonly Filter[]): string | undefined {
  return filters.length === 0 ? undefined : JSON.stringify(filters);
}

/** `-posting_date,number` after a click on `field`: ascending, descending, unsorted. */
export function nextSort(sort: string | undefined, field: string): string | undefined {
  if (sort === field) return `-${field}`;
  return sort === `-${field}` ? undefined : field;
}
