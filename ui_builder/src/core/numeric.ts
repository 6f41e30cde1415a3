import type { FieldType } from '../meta/types';

const NUMERIC: ReadonlySet<FieldType> = new Set<FieldType>([
  'integer',
  'decimal',
  'money',
  'rate',
  'percent',
  'quantity',
]);

/** Whether values of this type are numbers, aligned right and added up. */
export function isNumeric(type: FieldType): boolean {
  return NUMERIC.has(type);
}
