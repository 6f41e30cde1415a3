/** Exact decimals with the server's rules: 28 significant digits half even, division to 12 decimals half up. */
import Decimal from 'decimal.js-light';

/** Wide enough to be exact for a sum or product; this library cuts off, so rounding is done here. */
const Wide = Decimal.clone({ precision: 120, rounding: Decimal.ROUND_HALF_UP });

const DIGITS = 28;
const DIVISION_PLACES = 12;
const MOST_PLACES = 12;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;
const PYTHON_NUMBER = /^[+-]?[0-9]{1,30}(\.[0-9]{1,30})?$/;

const MODES: Readonly<Record<string, number>> = {
  half_up: Decimal.ROUND_HALF_UP,
  half_even: Decimal.ROUND_HALF_EVEN,
  up: Decimal.ROUND_UP,
  down: Decimal.ROUND_DOWN,
  floor: Decimal.ROUND_FLOOR,
  ceiling: Decimal.ROUND_CEIL,
};

function limited(value: Decimal): Decimal {
  return value.precision(false) > DIGITS
    ? value.toSignificantDigits(DIGITS, Decimal.ROUND_HALF_EVEN)
    : value;
}

export function isNumber(value: unknown): value is Decimal {
  return value instanceof Decimal;
}

/** In: a decimal, its text or a number of the frame. Out: a decimal; null for nothing and for what is no number. */
export function toNumber(value: unknown): Decimal | null {
  if (value instanceof Decimal || typeof value === 'number') return new Wide(value);
  if (typeof value !== 'string') return null;
  if (NUMBER.test(value)) return new Wide(value.replace(/^\+/, ''));
  const scientific = /^[+-]?\d+(\.\d+)?[eE][+-]?\d{1,3}$/.test(value);
  return scientific ? new Wide(value.replace(/^\+/, '')) : null;
}

export function whole(value: number): Decimal {
  return new Wide(value);
}

/** Towards zero, as an ordinary number; for days, months and places. */
export function toCount(value: Decimal): number {
  return value.toDecimalPlaces(0, Decimal.ROUND_DOWN).toNumber();
}

/** `1,18,000.50` → 118000.50; null when the text is no number. */
export function numberFrom(text: string): Decimal | null {
  const plain = text.trim().replaceAll(',', '');
  return PYTHON_NUMBER.test(plain) ? toNumber(plain) : null;
}

export const add = (a: Decimal, b: Decimal): Decimal => limited(a.plus(b));
export const subtract = (a: Decimal, b: Decimal): Decimal => limited(a.minus(b));
export const multiply = (a: Decimal, b: Decimal): Decimal => limited(a.times(b));
export const negate = (a: Decimal): Decimal => limited(a.negated());
export const absolute = (a: Decimal): Decimal => limited(a.abs());

/** 12 decimals, ties away from zero; null when `b` is 0. */
export function divide(a: Decimal, b: Decimal): Decimal | null {
  if (b.isZero()) return null;
  return a.div(b).toDecimalPlaces(DIVISION_PLACES, Decimal.ROUND_HALF_UP);
}

/** So many decimals (negative: tens, hundreds), ties away from zero unless `mode` says otherwise. */
export function roundTo(value: Decimal, places: number, mode = 'half_up'): Decimal {
  const rounding = MODES[mode];
  if (rounding === undefined) throw new Error(`There is no way of rounding '${mode}'.`);
  const wanted = Math.max(-MOST_PLACES, Math.min(MOST_PLACES, places));
  if (wanted >= 0) return value.toDecimalPlaces(wanted, rounding);
  const unit = new Wide(`1e${-wanted}`);
  return value.div(unit).toDecimalPlaces(0, rounding).times(unit);
}

/** All digits, no exponent, no needless zeros. */
export function plainText(value: Decimal): string {
  return value.isZero() ? '0' : value.toFixed();
}

export function fixedText(value: Decimal, places: number): string {
  const rounded = roundTo(value, places);
  return rounded.isZero() ? rounded.abs().toFixed(places) : rounded.toFixed(places);
}
