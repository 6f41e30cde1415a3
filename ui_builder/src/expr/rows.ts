/** Aggregates over lists of values or rows. Nulls are left out; the sum of nothing is 0. */
import type Decimal from 'decimal.js-light';
import { add, divide, isNumber, whole } from './numbers';
import { order } from './values';

function known(values: readonly unknown[]): readonly unknown[] {
  return values.filter((value) => value !== null && value !== undefined);
}

function total(values: readonly unknown[]): Decimal | null {
  let sum = whole(0);
  for (const value of known(values)) {
    if (!isNumber(value)) return null;
    sum = add(sum, value);
  }
  return sum;
}

function average(values: readonly unknown[]): Decimal | null {
  const sum = total(values);
  return sum === null ? null : divide(sum, whole(known(values).length));
}

function extreme(values: readonly unknown[], sign: number): unknown {
  let found: unknown = null;
  for (const value of known(values)) {
    const step = found === null ? sign : order(value, found);
    if (step === null) return null;
    if (step * sign > 0) found = value;
  }
  return found;
}

export const AGGREGATES: Readonly<Record<string, (values: readonly unknown[]) => unknown>> = {
  sum: total,
  avg: average,
  min: (values) => extreme(values, -1),
  max: (values) => extreme(values, 1),
  count: (values) => whole(known(values).length),
  exists: (values) => known(values).length > 0,
};
