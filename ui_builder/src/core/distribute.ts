/** Sharing an amount over rows, exact to the smallest unit: the same rule as the server's. */
import Decimal from 'decimal.js-light';
import type { Method } from '../meta/types';

interface Share {
  readonly index: number;
  readonly units: bigint;
  readonly rest: bigint;
}

function units(value: Decimal, places: number): bigint {
  const [whole = '0', part = ''] = value.toFixed(places).replace('-', '').split('.');
  const size = BigInt(whole + part);
  return value.isNegative() ? -size : size;
}

/** The weights as whole numbers in proportion; all alike where they add up to nothing. */
function proportions(weights: readonly Decimal[]): { parts: bigint[]; total: bigint } {
  const places = Math.max(0, ...weights.map((weight) => weight.decimalPlaces()));
  const given = weights.map((weight) => units(weight, places));
  const sum = given.reduce((total, weight) => total + weight, 0n);
  if (sum === 0n) return { parts: given.map(() => 1n), total: BigInt(given.length) };
  const sign = sum < 0n ? -1n : 1n;
  return { parts: given.map((weight) => weight * sign), total: sum * sign };
}

/**
 * Shares `amount` in proportion to `weights`; the shares add up to it. What is left after cutting to the
 * unit below goes to the largest remainders, ties to the later row; all weights 0 share alike.
 */
export function largestRemainder(
  amount: Decimal,
  weights: readonly Decimal[],
  places: number,
): Decimal[] {
  if (weights.length === 0) return [];
  const whole = units(amount, places);
  const size = whole < 0n ? -whole : whole;
  const { parts, total } = proportions(weights);
  const cuts = parts.map((weight, index): Share => {
    const exact = size * weight;
    let cut = exact / total;
    if (cut * total > exact) cut -= 1n;
    return { index, units: cut, rest: exact - cut * total };
  });
  const left = Number(size - cuts.reduce((all, share) => all + share.units, 0n));
  const first = cuts
    .toSorted((a, b) => (a.rest === b.rest ? b.index - a.index : a.rest < b.rest ? 1 : -1))
    .slice(0, left);
  const lucky = new Set(first.map((share) => share.index));
  return cuts.map((share) => {
    const count = share.units + (lucky.has(share.index) ? 1n : 0n);
    return decimalOf(whole < 0n ? -count : count, places);
  });
}

/** `part / total`, half away from zero; `total` is above zero. */
function halfAway(part: bigint, total: bigint): bigint {
  const size = part < 0n ? -part : part;
  const whole = (2n * size + total) / (2n * total);
  return part < 0n ? -whole : whole;
}

/** The place of the row that takes what is left over. */
function taker(weights: readonly Decimal[], method: Method): number {
  const places = weights.flatMap((weight, index) => (weight.isZero() ? [] : [index]));
  const all = places.length > 0 ? places : weights.map((_, index) => index);
  if (method === 'first_row') return all[0] ?? 0;
  if (method === 'last_row') return all.at(-1) ?? 0;
  const size = (index: number) => (weights[index] ?? new Decimal(0)).abs();
  return all.reduce((best, index) => (size(index).gt(size(best)) ? index : best), all[0] ?? 0);
}

/** As largestRemainder; by another method every share is rounded, and one row takes what is left over. */
export function shares(
  amount: Decimal,
  weights: readonly Decimal[],
  places: number,
  method: Method,
): Decimal[] {
  if (method === 'largest_remainder' || weights.length === 0 || amount.isZero()) {
    return largestRemainder(amount, weights, places);
  }
  const whole = units(amount, places);
  const { parts, total } = proportions(weights);
  const counts = parts.map((weight) => halfAway(whole * weight, total));
  const at = taker(weights, method);
  const rest = whole - counts.reduce((all, count) => all + count, 0n);
  return counts.map((count, index) => decimalOf(index === at ? count + rest : count, places));
}

function decimalOf(count: bigint, places: number): Decimal {
  const digits = (count < 0n ? -count : count).toString().padStart(places + 1, '0');
  const cut = digits.length - places;
  const text = places === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return new Decimal(count < 0n ? `-${text}` : text);
}
