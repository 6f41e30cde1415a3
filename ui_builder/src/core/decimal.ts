/** Decimal numbers as text: parsing what a person types, showing them as the country writes them. No float anywhere. */
import Decimal from 'decimal.js-light';
import { groupDigits } from './digits';

Decimal.config({ precision: 60, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -60, toExpPos: 60 });

const NUMBER = /^-?(\d+(\.\d*)?|\.\d+)$/;

function cleaned(typed: string): string {
  const bare = typed
    .trim()
    .replace(/[,\s\u00a0\p{Sc}]/gu, '')
    .replace(/^\u2212/, '-');
  const bracketed = /^\((.*)\)$/.exec(bare);
  return bracketed ? `-${bracketed[1] ?? ''}` : bare.replace(/%$/, '');
}

/** In: what a person typed, decimals of the field. Out: canonical text, null for nothing, undefined for no number. */
export function parseDecimal(typed: string, scale: number): string | null | undefined {
  const bare = cleaned(typed);
  if (bare === '') return null;
  if (!NUMBER.test(bare) || bare.length > 40) return undefined;
  return new Decimal(bare).toFixed(scale);
}

/** Shows a decimal text at `scale` decimals, its digits in groups of these sizes; what is no number is shown as it is. */
export function formatDecimal(
  value: string | number,
  scale: number,
  sizes: readonly number[],
): string {
  const bare = String(value).trim();
  if (!NUMBER.test(bare)) return bare;
  const fixed = new Decimal(bare).toFixed(scale);
  const shown = groupDigits(fixed, sizes);
  return /[1-9]/.test(shown) ? shown : shown.replace('-', '');
}

/** As formatDecimal, without zeros that say nothing beyond `least` decimals: rates and quantities. */
export function formatShort(
  value: string | number,
  scale: number,
  least: number,
  sizes: readonly number[],
): string {
  const shown = formatDecimal(value, scale, sizes);
  if (!shown.includes('.')) return shown;
  const [whole = '', part = ''] = shown.split('.');
  const kept = part.slice(0, least) + part.slice(least).replace(/0+$/, '');
  return kept === '' ? whole : `${whole}.${kept}`;
}

export function isZero(value: string): boolean {
  return NUMBER.test(value) && !/[1-9]/.test(value);
}

export function isNegative(value: string): boolean {
  return value.startsWith('-') && !isZero(value);
}

/** Adds decimal texts; what is empty or no number counts as nothing. */
export function addUp(values: readonly string[], scale: number): string {
  let total = new Decimal(0);
  for (const value of values) if (NUMBER.test(value)) total = total.plus(value);
  return total.toFixed(scale);
}
