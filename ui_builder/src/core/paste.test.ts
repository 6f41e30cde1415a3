import { describe, expect, it } from 'vitest';
import { resolveField } from '../meta/resolve';
import { parseCells, valueOfCell } from './paste';

const TODAY = new Date(2026, 3, 15);

describe('pasting from a spreadsheet', () => {
  it('reads rows and cells, also with the line ends of Windows', () => {
    expect(parseCells('a\tb\r\nc\t\r\n')).toEqual([
      ['a', 'b'],
      ['c', ''],
    ]);
    expect(parseCells('one\ntwo')).toEqual([['one'], ['two']]);
  });

  it('leaves a single cell to the input', () => {
    expect(parseCells('just text')).toBeNull();
    expect(parseCells('just text\n')).toBeNull();
  });

  it('reads a cell as its field wants it', () => {
    const of = (type: string, text: string, more = {}) =>
      valueOfCell(text, resolveField('f', { type, ...more }), TODAY);
    expect(of('money', '1,200.505', { scale: 2 })).toBe('1200.51');
    expect(of('integer', '12')).toBe(12);
    expect(of('money', 'much', { scale: 2 })).toBeUndefined();
    expect(of('date', '1/4')).toBe('2026-04-01');
    expect(of('boolean', 'Yes')).toBe(true);
    expect(of('choice', 'Nil rated', { options: [{ value: 'nil', label: 'Nil rated' }] })).toBe(
      'nil',
    );
    expect(of('choice', 'other', { options: ['nil'] })).toBeUndefined();
    expect(of('link', 'C-00001')).toBe('C-00001');
    expect(of('text', '')).toBeNull();
  });
});
