/** The functions of the language that a browser has, by name; the table is engine/expr/functions.py. */
import type Decimal from 'decimal.js-light';
import {
  addMonths,
  daysBetween,
  fiscalYear,
  makeDate,
  monthEnd,
  monthStart,
  moveDate,
  quarter,
  yearStart,
} from './dates';
import { absolute, isNumber, numberFrom, roundTo, toCount, whole } from './numbers';
import {
  dateFrom,
  dayOf,
  monthOf,
  monthsBetween,
  quarterEnd,
  quarterStart,
  week,
  weekday,
  workingDays,
  yearEnd,
  yearOf,
} from './periods';
import { amountInWords, matches, padLeft, padRight, replaced, trim } from './text';
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

function allText(run: (...texts: readonly string[]) => unknown): Run {
  return (...values) =>
    values.every((value) => typeof value === 'string') ? run(...(values as string[])) : null;
}

function padded(run: (text: string, width: number, mark: string) => unknown): Run {
  return (text, width, mark = ' ') =>
    typeof text === 'string' && isNumber(width) && typeof mark === 'string'
      ? run(text, toCount(width), mark)
      : null;
}

function inWords(value: unknown, major: unknown, minor: unknown, large: unknown): unknown {
  if (!isNumber(value) || typeof major !== 'string' || typeof minor !== 'string') return null;
  return amountInWords(value, major, minor, String(large));
}

function work(start: unknown, end: unknown, holidays: unknown, off: unknown): unknown {
  if (typeof start !== 'string' || typeof end !== 'string') return null;
  return whole(
    workingDays(start, end, Array.isArray(holidays) ? holidays : [], String(off ?? 'sat sun')),
  );
}

/** The compiler adds the month with which the fiscal year begins. */
const ofYear = ofDateAndNumber;

const ofDay = (run: (day: string) => number): Run => ofText((day) => whole(run(day)));

/** Null in gives null out for all of them; `coalesce` is the evaluator's. */
export const FUNCTIONS: Readonly<Record<string, Run>> = {
  round,
  floor: (value, places) => round(value, places, 'floor'),
  ceil: (value, places) => round(value, places, 'ceiling'),
  abs: ofNumber(absolute),
  min: (...values) => best(values, -1),
  max: (...values) => best(values, 1),
  upper: ofText((text) => text.toUpperCase()),
  lower: ofText((text) => text.toLowerCase()),
  length: ofText((text) => whole(Array.from(text).length)),
  starts_with: ofText((text, part) => text.startsWith(part)),
  contains: ofText((text, part) => text.includes(part)),
  ends_with: ofText((text, part) => text.endsWith(part)),
  concat: allText((...texts) => texts.join('')),
  trim: ofText((text) => trim(text)),
  replace: allText((text = '', old = '', made = '') => replaced(text, old, made)),
  pad_left: padded(padLeft),
  pad_right: padded(padRight),
  matches: ofText(matches),
  amount_in_words: inWords,
  number: ofText((text) => numberFrom(text)),
  days: ofNumber((value) => whole(toCount(value))),
  add_days: ofDateAndNumber((day, count) => moveDate(day.slice(0, 10), count)),
  working_days: work,
  months_between: ofText((start, end) => whole(monthsBetween(start, end))),
  year: ofDay(yearOf),
  month: ofDay(monthOf),
  day: ofDay(dayOf),
  week: ofDay(week),
  weekday: ofDay(weekday),
  quarter_start: ofYear(quarterStart),
  quarter_end: ofYear(quarterEnd),
  year_end: ofYear(yearEnd),
  days_between: ofText((start, end) => whole(daysBetween(start, end))),
  add_months: ofDateAndNumber(addMonths),
  month_start: ofText((day) => monthStart(day)),
  month_end: ofText((day) => monthEnd(day)),
  year_start: ofYear(yearStart),
  fiscal_year: ofYear(fiscalYear),
  quarter: ofYear((day, first) => whole(quarter(day, first))),
  date,
  date_from: ofText(dateFrom),
};
