import { describe, expect, it } from 'vitest';
import { addDays, formatDay, parseDay } from './dates';

const TODAY = '2026-04-15';

describe('what a person types as a day', () => {
  it.each([
    ['1/4', '2026-04-01'],
    ['01-04-26', '2026-04-01'],
    ['1.4.2026', '2026-04-01'],
    ['2026-4-1', '2026-04-01'],
    ['5', '2026-04-05'],
    ['t', TODAY],
    ['+20', '2026-05-05'],
    ['-15', '2026-03-31'],
    ['29/2/2024', '2024-02-29'],
  ])('%s is %s', (typed, wanted) => {
    expect(parseDay(typed, TODAY)).toBe(wanted);
  });

  it('refuses days that do not exist', () => {
    for (const typed of ['31/4', '29/2/2025', '0/1', '1/13', 'soon', '1/4/1']) {
      expect(parseDay(typed, TODAY)).toBeUndefined();
    }
    expect(parseDay('', TODAY)).toBeNull();
  });

  it('shows days day first', () => {
    expect(formatDay('2026-04-01')).toBe('01-04-2026');
    expect(formatDay('')).toBe('');
  });

  it('counts over month and year ends', () => {
    expect(addDays('2025-12-31', 1)).toBe('2026-01-01');
  });
});
