/** Decimal numbers as text: parsing what a person types, showing them as India writes them. No float anywhere. */
import Decimal from 'decimal.js-light';

Decimal.config({ precision: 60, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -60, toExpPos: 60 });

const NUMBER = /^-?(\d+(\.\d*)?|\.\d+)$/;

function cleaned(typed: string): string {
  const bare = typed
    .trim()
    .replace(/[,\s\u00a0₹]/g, '')
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

/** Groups the whole part as lakh and crore: `1234567` → `12,34,567`. */
function grouped(whole: string): string {
  if (whole.length <= 3) return whole;
  const head = whole.slice(0, -3).replace(/\B(?=(\d{2})+$)/g, ',');
  return `${head},${whole.slice(-3)}`;
}

/** Shows a decimal text with Indian grouping at `scale` decimals; what is no number is shown as it is. */
export function formatDecimal(value: string | number, scale: number): string {
  const bare = String(value).trim();
  if (!NUMBER.test(bare)) return bare;
  const fixed = new Decimal(bare).toFixed(scale);
  const negative = fixed.startsWith('-');
  const [whole = '0', part] = (negative ? fixed.slice(1) : fixed).split('.');
  const shown = part === undefined ? grouped(whole) : `${grouped(whole)}.${part}`;
  return negative && /[1-9]/.test(shown) ? `-${shown}` : shown;
}

/** As formatDecimal, without zeros that say nothing beyond `least` decimals: rates and quantities. */
export function formatShort(value: string | number, scale: number, least: number): string {
  const shown = formatDecimal(value, scale);
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
