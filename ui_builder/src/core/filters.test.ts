import { describe, expect, it } from 'vitest';
import { resolveMeta } from '../meta/resolve';
import { filterFields, filtersText, nextSort, operatorsOf, parseFilters } from './filters';

const meta = resolveMeta({
  doctypes: {
    customer: {
      tables: {
        '': {
          fields: {
            name: { type: 'text' },
            group: { type: 'link', link: [{ doctype: 'group', route: 'groups' }] },
          },
        },
      },
    },
    invoice: {
      tables: {
        '': {
          fields: {
            customer: { type: 'link', link: [{ doctype: 'customer', route: 'customers' }] },
            party: {
              type: 'link',
              link: [
                { doctype: 'customer', route: 'customers' },
                { doctype: 'x', route: 'x' },
              ],
            },
            total: { type: 'money', scale: 2 },
            items: { type: 'table', table: 'items' },
          },
        },
      },
    },
  },
});

describe('filters in an address', () => {
  it('come back as they went in', () => {
    const filters = [
      ['customer.group', '=', 3],
      ['total', '>=', '10.00'],
    ] as const;
    expect(parseFilters(filtersText(filters))).toEqual(filters);
    expect(filtersText([])).toBeUndefined();
  });

  it('are left out where they are none', () => {
    expect(parseFilters('nonsense')).toEqual([]);
    expect(parseFilters('{"a": 1}')).toEqual([]);
    expect(parseFilters('[["a","drop table",1],["b","=",1],[1,"=",1]]')).toEqual([['b', '=', 1]]);
  });
});

describe('what can be filtered', () => {
  it('is every field, and one step over a link with one target', () => {
    const invoice = meta.doctypes.invoice;
    if (!invoice) throw new Error('The test catalog has no invoice.');
    expect(filterFields(meta, invoice).map((one) => one.path)).toEqual([
      'customer',
      'party',
      'total',
      'customer.name',
      'customer.group',
    ]);
  });

  it('offers the comparisons that make sense', () => {
    const fields = meta.doctypes.invoice?.tables['']?.fields;
    expect(fields?.total && operatorsOf(fields.total)[0]).toBe('>=');
    expect(fields?.customer && operatorsOf(fields.customer)).toEqual(['=', '!=', 'is_null']);
  });
});

describe('sorting by a header', () => {
  it('goes up, down and back', () => {
    expect(nextSort(undefined, 'total')).toBe('total');
    expect(nextSort('total', 'total')).toBe('-total');
    expect(nextSort('-total', 'total')).toBeUndefined();
    expect(nextSort('-total', 'name')).toBe('name');
  });
});
