/** Dates as ISO text `2026-04-01`; shown and typed day first, as India does. */

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function iso(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return same && year > 999 ? `${String(year)}-${two(month)}-${two(day)}` : undefined;
}

/** `YYYY-MM-DD` of the clock that is passed in, in local time. */
export function isoDay(clock: Date): string {
  return `${String(clock.getFullYear())}-${two(clock.getMonth() + 1)}-${two(clock.getDate())}`;
}

export function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/**
 * In: what a person typed and today. Out: ISO day, null for nothing, undefined where it is no date.
 * Takes `1/4`, `01-04-26`, `1.4.2026`, `2026-04-01`, `5` (day of this month), `t` (today), `+3`, `-1`.
 */
export function parseDay(typed: string, today: string): string | null | undefined {
  const bare = typed.trim().toLowerCase();
  if (bare === '') return null;
  if (bare === 't' || bare === 'today') return today;
  if (/^[+-]\d{1,4}$/.test(bare)) return addDays(today, Number(bare));
  const given = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(bare);
  if (given) return iso(Number(given[1]), Number(given[2]), Number(given[3]));
  const parts = /^(\d{1,2})(?:[-/. ](\d{1,2})(?:[-/. ](\d{2}|\d{4}))?)?$/.exec(bare);
  if (!parts) return undefined;
  const month = parts[2] ? Number(parts[2]) : Number(today.slice(5, 7));
  const year = parts[3] ? Number(parts[3]) : Number(today.slice(0, 4));
  return iso(year < 100 ? 2000 + year : year, month, Number(parts[1]));
}

/** `2026-04-01` → `01-04-2026`. */
export function formatDay(day: string): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(day);
  return parts ? `${parts[3] ?? ''}-${parts[2] ?? ''}-${parts[1] ?? ''}` : day;
}

/** ISO moment → `01-04-2026 15:30` in local time. */
export function formatMoment(moment: string): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return moment;
  return `${formatDay(isoDay(date))} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** ISO moment → the text a `datetime-local` input takes. */
export function toLocalMoment(moment: string): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return '';
  return `${isoDay(date)}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
