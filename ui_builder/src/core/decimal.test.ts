// @vitest-environment node
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addUp, formatDecimal, formatShort, isNegative, isZero, parseDecimal } from './decimal';

describe('what a person types as a number', () => {
  it.each([
    ['1,23,456.5', 2, '123456.50'],
    ['  ₹ 1 200 ', 2, '1200.00'],
    ['(45.10)', 2, '-45.10'],
    ['−7', 0, '-7'],
    ['.5', 3, '0.500'],
    ['12.', 2, '12.00'],
    ['18%', 4, '18.0000'],
  ])('%s at %i decimals is %s', (typed, scale, wanted) => {
    expect(parseDecimal(typed, scale)).toBe(wanted);
  });

  it('rounds half away from zero, where floats would not', () => {
    expect(parseDecimal('1.005', 2)).toBe('1.01');
    expect(parseDecimal('-1.005', 2)).toBe('-1.01');
    expect(parseDecimal('0.1', 1)).toBe('0.1');
  });

  it('is nothing when empty and no number when it is none', () => {
    expect(parseDecimal(' ', 2)).toBeNull();
    for (const typed of ['abc', '1e9', 'NaN', '1.2.3', '--1', '9'.repeat(41)]) {
      expect(parseDecimal(typed, 2)).toBeUndefined();
    }
  });
});

interface Digits {
  readonly groups: Readonly<Record<string, readonly number[]>>;
  /** Text, decimals, and how it is shown by each of `groups`. */
  readonly cases: readonly (readonly [string, number, Readonly<Record<string, string>>])[];
}

const file = new URL('../../../tests/vectors/digits.json', import.meta.url);
const DIGITS = JSON.parse(readFileSync(file, 'utf-8')) as Digits;
const THREE = [3];

describe('how a number is shown', () => {
  it('is the same as on the server, in groups as the country has them', () => {
    const seen = DIGITS.cases.flatMap(([text, places, wanted]) =>
      Object.entries(wanted).map(([name, shown]) => {
        expect(formatDecimal(text, places, DIGITS.groups[name] ?? []), `${name} ${text}`).toBe(
          shown,
        );
        return shown;
      }),
    );
    expect(seen.length).toBeGreaterThan(30);
  });

  it('keeps every digit of what no float holds', () => {
    expect(formatDecimal('12345678901234567.89', 2, THREE).replaceAll(',', '')).toBe(
      '12345678901234567.89',
    );
  });

  it('drops zeros that say nothing, down to what is asked', () => {
    expect(formatShort('12.500000', 6, 2, THREE)).toBe('12.50');
    expect(formatShort('12.345600', 6, 2, THREE)).toBe('12.3456');
    expect(formatShort('1234.000', 3, 0, THREE)).toBe('1,234');
  });

  it('leaves alone what is no number', () => {
    expect(formatDecimal('n/a', 2, THREE)).toBe('n/a');
  });
});

describe('sums and signs', () => {
  it('adds exactly and passes over what is no number', () => {
    expect(addUp(['0.1', '0.2', '', 'x'], 2)).toBe('0.30');
    expect(
      addUp(
        Array.from({ length: 10 }, () => '0.1'),
        1,
      ),
    ).toBe('1.0');
  });

  it('knows zero and below', () => {
    expect(isZero('0.000')).toBe(true);
    expect(isZero('-0.01')).toBe(false);
    expect(isNegative('-0.00')).toBe(false);
    expect(isNegative('-3')).toBe(true);
  });
});
