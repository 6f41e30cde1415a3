import Decimal from 'decimal.js-light';
import { describe, expect, it } from 'vitest';
import { type Row, rowsOf } from '../api/values';
import { documentFrame, shownAs } from './conditions';
import { largestRemainder } from './distribute';
import { runSteps } from './steps';
import { FACTS, ITEM, OTHER, orderDoctype } from './testing/order';

const doctype = orderDoctype();

const line = (item: Row['item'], quantity: string, more: Row = {}): Row => ({
  item,
  quantity,
  taxes: [],
  ...more,
});

describe('live totals', () => {
  it('follow the steps with exact decimals and the rounding of the field', () => {
    const document = { items: [line(ITEM, '3'), line(OTHER, '2.5')], discount: '1.00' };
    const result = runSteps(doctype, document, FACTS);
    const [nail, hammer] = rowsOf(result, 'items');
    expect(nail).toMatchObject({ rate: '0.335000', amount: '1.01' });
    expect(hammer).toMatchObject({ rate: '100.000000', amount: '250.00' });
    expect(result.total).toBe('251.01');
    expect([nail?.share, hammer?.share]).toEqual(['0.00', '1.00']);
  });

  it('leave alone what a person typed over', () => {
    const typed = line(ITEM, '3', { rate: '5', typed: 'rate' });
    const result = runSteps(doctype, { items: [typed] }, FACTS);
    expect(rowsOf(result, 'items')[0]).toMatchObject({ rate: '5', amount: '15.00' });
  });

  it('keep the identity of rows that come out the same', () => {
    const once = runSteps(
      doctype,
      { items: [line(ITEM, '3'), line(OTHER, '1')], discount: '1' },
      FACTS,
    );
    expect(runSteps(doctype, once, FACTS)).toBe(once);
  });

  it('are null where something is missing, and the sum of nothing is 0', () => {
    const result = runSteps(doctype, { items: [line(null, '3')] }, FACTS);
    expect(rowsOf(result, 'items')[0]?.amount).toBeNull();
    expect(result.total).toBe('0.00');
  });
});

describe('sharing an amount', () => {
  const share = (amount: string, weights: readonly string[], places = 2) =>
    largestRemainder(
      new Decimal(amount),
      weights.map((weight) => new Decimal(weight)),
      places,
    ).map((part) => part.toFixed(places));

  it.each([
    ['100', ['1', '1', '1'], ['33.33', '33.33', '33.34']],
    ['-100', ['1', '1', '1'], ['-33.33', '-33.33', '-33.34']],
    ['0.01', ['1', '1'], ['0.00', '0.01']],
    ['10', ['0', '0'], ['5.00', '5.00']],
    ['10', ['3', '0', '1'], ['7.50', '0.00', '2.50']],
    ['0', ['1', '2'], ['0.00', '0.00']],
  ])('%s over %j gives %j', (amount, weights, wanted) => {
    expect(share(amount, weights)).toEqual(wanted);
  });

  it('always adds up to the amount', () => {
    for (let cents = 0; cents < 200; cents += 7) {
      const amount = new Decimal(cents).div(100).toFixed(2);
      const sum = share(amount, ['3.3', '1.7', '9.1', '0.4']).reduce(
        (total, part) => total.plus(part),
        new Decimal(0),
      );
      expect(sum.toFixed(2)).toBe(amount);
    }
  });

  it('of nothing over nobody is nothing', () => {
    expect(share('0', [])).toEqual([]);
  });
});

describe('conditions of fields', () => {
  const head = doctype.tables[''];
  const port = head?.fields.port;
  const total = head?.fields.total;
  if (!port || !total) throw new Error('The test doctype lost its fields.');

  it('are evaluated against the document in hand', () => {
    expect(shownAs(port, documentFrame(doctype, { kind: 'export' }), {}, false).visible).toBe(true);
    expect(shownAs(port, documentFrame(doctype, { kind: 'home' }), {}, false).visible).toBe(false);
  });

  it('let nobody write what is worked out, or in a locked document', () => {
    expect(shownAs(total, {}, {}, false).readOnly).toBe(true);
    expect(shownAs(port, {}, {}, false).readOnly).toBe(false);
    expect(shownAs(port, {}, {}, true).readOnly).toBe(true);
  });
});
