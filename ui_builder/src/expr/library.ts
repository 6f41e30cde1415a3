/** The functions of the language that a browser has, by name; the table is engine/expr/functions.py. */
import type Decimal from 'decimal.js-light';
import {
  addMonths,
  daysBetween,
  fiscalYear,
  makeDate,
  monthEnd,
  monthStart,
  quarter,
  yearStart,
} from './dates';
import { absolute, isNumber, numberFrom, roundTo, toCount, whole } from './numbers';
import { order } from './values';

type Run = (...values: readonly unknown[]) => unknown;

/** What does not suit a function is null: it can only come from json. */
function ofText(run: (text: string, part: string) => unknown): Run {
  return (first, second = '') =>
    typeof first === 'string' && typeof second === 'string' ? run(first, second) : null;
}

function ofNumber(run: (value: Decimal) => unknown): Run {
  return (value) => (isNumber(value) ? run(value) : null);
}

function ofDateAndNumber(run: (date: string, count: number) => unknown): Run {
  return (date, count) =>
    typeof date === 'string' && isNumber(count) ? run(date, toCount(count)) : null;
}

function round(value: unknown, places: unknown = whole(0), mode: unknown = 'half_up'): unknown {
  if (!isNumber(value) || !isNumber(places)) return null;
  return roundTo(value, toCount(places), String(mode));
}

function best(values: readonly unknown[], sign: number): unknown {
  let found = values[0];
  for (const value of values) {
    const step = order(value, found);
    if (step === null) return null;
    if (step * sign > 0) found = value;
  }
  return found;
}

function date(year: unknown, month: unknown, day: unknown): unknown {
  if (!isNumber(year) || !isNumber(month) || !isNumber(day)) return null;
  return makeDate(toCount(year), toCount(month), toCount(day));
}

/** Null in gives null out for all of them; `coalesce` is the evaluator's. */
export const FUNCTIONS: Readonly<Record<string, Run>> = {
  round,
  abs: ofNumber(absolute),
  min: (...values) => best(values, -1),
  max: (...values) => best(values, 1),
  upper: ofText((text) => text.toUpperCase()),
  lower: ofText((text) => text.toLowerCase()),
  length: ofText((text) => whole(Array.from(text).length)),
  starts_with: ofText((text, part) => text.startsWith(part)),
  contains: ofText((text, part) => text.includes(part)),
  number: ofText((text) => numberFrom(text)),
  days: ofNumber((value) => whole(toCount(value))),
  days_between: ofText((start, end) => whole(daysBetween(start, end))),
  add_months: ofDateAndNumber(addMonths),
  month_start: ofText((day) => monthStart(day)),
  month_end: ofText((day) => monthEnd(day)),
  year_start: ofText((day) => yearStart(day)),
  fiscal_year: ofText((day) => fiscalYear(day)),
  quarter: ofText((day) => whole(quarter(day))),
  date,
};
