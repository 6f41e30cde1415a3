import { describe, expect, it } from 'vitest';
import { changeRow, fieldPathText, parsePath, rowAt, tablePath } from './paths';

const DOCUMENT = {
  items: [
    { rate: '1', taxes: [{ amount: '2' }] },
    { rate: '3', taxes: [] },
  ],
  total: '4',
};

describe('paths of problems', () => {
  it('lead to the row and field they name', () => {
    const place = parsePath('items[0].taxes[0].amount');
    expect(place.field).toBe('amount');
    expect(tablePath(place.row)).toBe('items.taxes');
    expect(rowAt(DOCUMENT, place.row)?.amount).toBe('2');
    expect(fieldPathText(place.row, place.field)).toBe('items[0].taxes[0].amount');
  });

  it('may name the head, a whole row, or nothing that exists', () => {
    expect(parsePath('total')).toEqual({ row: [], field: 'total' });
    expect(parsePath('items[1]')).toEqual({ row: [{ field: 'items', index: 1 }], field: '' });
    expect(rowAt(DOCUMENT, parsePath('items[9].rate').row)).toBeUndefined();
    expect(rowAt(DOCUMENT, parsePath('total[0].rate').row)).toBeUndefined();
  });
});

describe('changing a row', () => {
  it('leaves the rows beside it as they are', () => {
    const changed = changeRow(DOCUMENT, parsePath('items[1]').row, (row) => ({
      ...row,
      rate: '5',
    }));
    expect(rowAt(changed, parsePath('items[1]').row)?.rate).toBe('5');
    expect(rowAt(changed, parsePath('items[0]').row)).toBe(DOCUMENT.items[0]);
    expect(DOCUMENT.items[1]?.rate).toBe('3');
  });

  it('changes nothing where the way leads nowhere', () => {
    expect(changeRow(DOCUMENT, parsePath('items[7]').row, () => ({}))).toBe(DOCUMENT);
  });
});
