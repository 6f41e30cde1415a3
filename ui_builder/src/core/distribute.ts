/** Sharing an amount over rows, exact to the smallest unit: the same rule as the server's. */
import Decimal from 'decimal.js-light';

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
  const given = weights.map((weight) => units(weight, 18));
  const sum = given.reduce((total, weight) => total + weight, 0n);
  const shareOut = sum === 0n ? given.map(() => 1n) : given;
  const total = sum === 0n ? BigInt(given.length) : sum;
  const shares = shareOut.map((weight, index): Share => {
    const exact = size * weight;
    let cut = exact / total;
    if (cut * total > exact) cut -= 1n;
    return { index, units: cut, rest: exact - cut * total };
  });
  const left = Number(size - shares.reduce((all, share) => all + share.units, 0n));
  const first = shares
    .toSorted((a, b) => (a.rest === b.rest ? b.index - a.index : a.rest < b.rest ? 1 : -1))
    .slice(0, left);
  const lucky = new Set(first.map((share) => share.index));
  return shares.map((share) => {
    const count = share.units + (lucky.has(share.index) ? 1n : 0n);
    return decimalOf(whole < 0n ? -count : count, places);
  });
}

function decimalOf(count: bigint, places: number): Decimal {
  const digits = (count < 0n ? -count : count).toString().padStart(places + 1, '0');
  const cut = digits.length - places;
  const text = places === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return new Decimal(count < 0n ? `-${text}` : text);
}
