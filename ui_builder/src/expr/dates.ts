/** Days of the calendar as ISO texts (`2026-04-01`, with a time after a T); no time zone, no Date object. */

const MOST_DAYS = 4_000_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const padded = (value: number, width: number): string => String(value).padStart(width, '0');

function parts(text: string): Day {
  return {
    year: Number(text.slice(0, 4)),
    month: Number(text.slice(5, 7)),
    day: Number(text.slice(8, 10)),
  };
}

function iso({ year, month, day }: Day): string {
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function monthLength(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since the first of March of year 0, so that the leap day is the last of its year. */
function ordinal({ year, month, day }: Day): number {
  const y = month <= 2 ? year - 1 : year;
  const fromMarch = (month + 9) % 12;
  return (
    365 * y +
    Math.floor(y / 4) -
    Math.floor(y / 100) +
    Math.floor(y / 400) +
    Math.floor((153 * fromMarch + 2) / 5) +
    day -
    1
  );
}

function fromOrdinal(count: number): Day {
  const era = Math.floor(count / 146097);
  const dayOfEra = count - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36524) -
      Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** `days` later, the time kept; null where the calendar (years 1 to 9999) ends before. */
export function moveDate(text: string, days: number): string | null {
  if (Math.abs(days) > MOST_DAYS) return null;
  const moved = fromOrdinal(ordinal(parts(text)) + days);
  return moved.year < 1 || moved.year > 9999 ? null : iso(moved) + text.slice(10);
}

/** Null where there is no such day. */
export function makeDate(year: number, month: number, day: number): string | null {
  if (year < 1 || year > 9999 || month < 1 || month > 12) return null;
  return day < 1 || day > monthLength(year, month) ? null : iso({ year, month, day });
}

export function daysBetween(start: string, end: string): number {
  return ordinal(parts(end)) - ordinal(parts(start));
}

/** The same day of a later month, or that month's last day. */
export function addMonths(text: string, months: number): string | null {
  const { year, month, day } = parts(text);
  const count = year * 12 + month - 1 + months;
  const later = Math.floor(count / 12);
  if (later < 1 || later > 9999) return null;
  const moved = count - later * 12 + 1;
  return iso({ year: later, month: moved, day: Math.min(day, monthLength(later, moved)) });
}

export function monthStart(text: string): string {
  return iso({ ...parts(text), day: 1 });
}

export function monthEnd(text: string): string {
  const { year, month } = parts(text);
  return iso({ year, month, day: monthLength(year, month) });
}

/** The first of `firstMonth` at or before the day. */
export function yearStart(text: string, firstMonth: number): string | null {
  const { year, month } = parts(text);
  const first = month >= firstMonth ? year : year - 1;
  return first < 1 ? null : iso({ year: first, month: firstMonth, day: 1 });
}

/** Of the fiscal year: its first three months are 1. */
export function quarter(text: string, firstMonth: number): number {
  return Math.floor(((parts(text).month - firstMonth + 12) % 12) / 3) + 1;
}

/** Twelve months from `start`, the first of one. */
export class FiscalYear {
  constructor(readonly start: string) {}

  get end(): string {
    return monthEnd(addMonths(this.start, 11) ?? this.start);
  }

  get label(): string {
    const [year, last] = [parts(this.start).year, parts(this.end).year];
    return year === last ? padded(year, 4) : `${padded(year, 4)}-${padded(last % 100, 2)}`;
  }

  get short(): string {
    return padded(parts(this.start).year % 100, 2) + padded(parts(this.end).year % 100, 2);
  }
}

export function fiscalYear(text: string, firstMonth: number): FiscalYear | null {
  const start = yearStart(text, firstMonth);
  return start === null || parts(start).year >= 9999 ? null : new FiscalYear(start);
}

const PATTERN = /yyyy|yy|MMM|MM|dd|HH|mm/g;

/** A day in a pattern of yyyy yy MMM MM dd HH mm. */
export function dateText(text: string, pattern: string): string {
  const { year, month, day } = parts(text);
  const shown: Record<string, string> = {
    yyyy: padded(year, 4),
    yy: padded(year % 100, 2),
    MMM: MONTHS[month - 1] ?? '',
    MM: padded(month, 2),
    dd: padded(day, 2),
    HH: text.slice(11, 13) || '00',
    mm: text.slice(14, 16) || '00',
  };
  return text === '' ? '' : pattern.replace(PATTERN, (part) => shown[part] ?? part);
}
