/** Parts of dates, periods, working days and reading of dates; the same as engine/expr/library_dates.py. */
import { addMonths, daysBetween, makeDate, monthEnd, moveDate, yearStart } from './dates';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const PARTS = /yyyy|yy|MMM|MM|dd|[^A-Za-z]/g;
const MONDAY = '0001-01-01';
const DIGITS: Readonly<Record<string, number>> = { yyyy: 4, yy: 2, MM: 2, dd: 2, MMM: 3 };
const CENTURY = 2000;

export const yearOf = (day: string): number => Number(day.slice(0, 4));
export const monthOf = (day: string): number => Number(day.slice(5, 7));
export const dayOf = (day: string): number => Number(day.slice(8, 10));

const date = (day: string): string => day.slice(0, 10);

/** Monday is 1, Sunday 7. */
export function weekday(day: string): number {
  return (daysBetween(MONDAY, day) % 7) + 1;
}

/** By ISO 8601: the week belongs to the year of its Thursday. */
export function week(day: string): number {
  const days = daysBetween(MONDAY, day);
  const thursday = moveDate(MONDAY, days - (days % 7) + 3);
  // The last days of the calendar: their Thursday is beyond it.
  if (thursday === null) return 52;
  return Math.floor(daysBetween(`${thursday.slice(0, 4)}-01-01`, thursday) / 7) + 1;
}

/** The first day of the quarter of the fiscal year that begins with `firstMonth`. */
export function quarterStart(day: string, firstMonth: number): string | null {
  return addMonths(`${day.slice(0, 8)}01`, -((monthOf(day) - firstMonth + 12) % 3));
}

/** The last day of the quarter; null when the calendar ends before. */
export function quarterEnd(day: string, firstMonth: number): string | null {
  const ahead = 2 - ((monthOf(day) - firstMonth + 12) % 3);
  const last = addMonths(`${day.slice(0, 8)}01`, ahead);
  return last === null ? null : monthEnd(last);
}

/** The last day of the fiscal year. */
export function yearEnd(day: string, firstMonth: number): string | null {
  const start = yearStart(day, firstMonth);
  const after = start === null ? null : addMonths(start, 12);
  return after === null ? null : moveDate(after, -1);
}

/** Whole months from the first day to the second. */
export function monthsBetween(start: string, end: string): number {
  const months = (yearOf(end) - yearOf(start)) * 12 + monthOf(end) - monthOf(start);
  const reached = addMonths(date(start), months) ?? '';
  if (months > 0 && reached > date(end)) return months - 1;
  return months < 0 && reached < date(end) ? months + 1 : months;
}

/** Days after the first up to the second, without those off and without holidays; negative backwards. */
export function workingDays(
  start: string,
  end: string,
  holidays: readonly unknown[],
  off: string,
): number {
  const [from, to] = [daysBetween(MONDAY, start), daysBetween(MONDAY, end)];
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  const closed = new Set(off.split(' ').map((name) => WEEKDAYS.indexOf(name)));
  const rest = (last - first) % 7;
  let days = Math.floor((last - first) / 7) * (7 - closed.size);
  for (let day = last - rest + 1; day <= last; day += 1) days += closed.has(day % 7) ? 0 : 1;
  const free = new Set(
    holidays.filter((day) => typeof day === 'string').map((day) => daysBetween(MONDAY, day)),
  );
  for (const day of free) days -= first < day && day <= last && !closed.has(day % 7) ? 1 : 0;
  return from <= to || days === 0 ? days : -days;
}

/** `20260401` read as `yyyyMMdd`; null where the text is no date of this form. */
export function dateFrom(text: string, pattern: string): string | null {
  const found = { yyyy: 0, MM: 1, dd: 1 };
  const marks = Array.from(text);
  let place = 0;
  for (const part of pattern.match(PARTS) ?? []) {
    const width = DIGITS[part] ?? 1;
    const written = marks.slice(place, place + width).join('');
    place += width;
    if (!(part in DIGITS)) {
      if (written !== part) return null;
    } else if (part === 'MMM') {
      if (!MONTHS.includes(written)) return null;
      found.MM = MONTHS.indexOf(written) + 1;
    } else {
      if (written.length !== width || !/^[0-9]+$/.test(written)) return null;
      if (part === 'yy') found.yyyy = CENTURY + Number(written);
      else found[part as keyof typeof found] = Number(written);
    }
  }
  return place === marks.length ? makeDate(found.yyyy, found.MM, found.dd) : null;
}
