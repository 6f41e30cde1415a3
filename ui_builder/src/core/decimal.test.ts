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

describe('how a number is shown', () => {
  it.each([
    ['0', '0.00'],
    ['999', '999.00'],
    ['1000', '1,000.00'],
    ['123456', '1,23,456.00'],
    ['12345678.9', '1,23,45,678.90'],
    ['-100000', '-1,00,000.00'],
    ['-0.001', '0.00'],
  ])('%s is %s', (value, wanted) => {
    expect(formatDecimal(value, 2)).toBe(wanted);
  });

  it('keeps every digit of what no float holds', () => {
    expect(formatDecimal('12345678901234567.89', 2).replaceAll(',', '')).toBe(
      '12345678901234567.89',
    );
  });

  it('drops zeros that say nothing, down to what is asked', () => {
    expect(formatShort('12.500000', 6, 2)).toBe('12.50');
    expect(formatShort('12.345600', 6, 2)).toBe('12.3456');
    expect(formatShort('12.000', 3, 0)).toBe('12');
  });

  it('leaves alone what is no number', () => {
    expect(formatDecimal('n/a', 2)).toBe('n/a');
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
