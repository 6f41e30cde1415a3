// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import type { Explained } from '../api/explain';
import { inputsOf, writerOf } from './Why';

const formula: Explained = {
  field: 'grand_total',
  by: 'formula',
  text: 'net_total + tax_total',
  step: '',
  because: '',
  inputs: [
    { text: 'net_total', value: '304.24' },
    { text: 'customer', value: 7, title: 'Asha Stores' },
    { text: 'sum(items.taxes)', value: null },
    { text: 'staff.salary', value: null, withheld: true },
  ],
};

describe('why a field holds what it holds', () => {
  it('names the formula, or the step with what it asks', () => {
    expect(writerOf(formula)).toBe('= net_total + tax_total');
    expect(writerOf({ ...formula, by: 'tax', text: 'GST', step: 'tax' })).toBe('Tax GST (tax)');
    expect(writerOf({ ...formula, by: 'person', text: 'Typed over by a person.' })).toBe(
      'Typed over by a person.',
    );
  });

  it('tells what went in, records by their titles', () => {
    expect(inputsOf(formula)).toEqual([
      ['net_total', '304.24'],
      ['customer', 'Asha Stores'],
      ['sum(items.taxes)', ''],
      ['staff.salary', 'not yours to read'],
    ]);
  });
});
