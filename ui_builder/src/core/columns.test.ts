import { describe, expect, it } from 'vitest';
import { resolveMeta } from '../meta/resolve';
import { gridShape } from './columns';
import { orderDoctype } from './testing/order';

describe('columns of a grid', () => {
  it('are what a person must say and what the row comes to; tables stand in the detail', () => {
    const items = orderDoctype().tables.items;
    if (!items) throw new Error('The test doctype lost its lines.');
    const shape = gridShape(items);
    expect(shape.columns.map((field) => field.name)).toEqual([
      'item',
      'quantity',
      'rate',
      'note',
      'amount',
      'share',
    ]);
    expect(shape.tables.map((field) => field.name)).toEqual(['taxes']);
    expect(shape.details).toEqual([]);
  });

  it('are those that the business names, in its order', () => {
    const wire = {
      doctypes: {
        d: { tables: { t: { list_fields: ['b', 'a'], fields: { a: {}, b: {}, c: {} } } } },
      },
    };
    const table = resolveMeta(wire).doctypes.d?.tables.t;
    expect(table && gridShape(table).columns.map((field) => field.name)).toEqual(['b', 'a']);
    expect(table && gridShape(table).details.map((field) => field.name)).toEqual(['c']);
  });
});
