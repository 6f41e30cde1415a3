import { describe, expect, it } from 'vitest';
import { sentencesOf, toApiError } from './problems';

const problem = { code: 'limit.x', path: '', message: 'Too much.', hint: 'Take 2.' };

describe('a refusal', () => {
  it('says what is wrong and the way out', () => {
    const error = toApiError(422, {
      code: 'limit.exceeded',
      detail: 'Too much.',
      problems: [problem],
    });
    expect(error.message).toBe('Too much.');
    expect(sentencesOf(error)).toEqual(['Too much. Take 2.']);
  });

  it('that metadata answers in its own words says these', () => {
    const details = {
      approved: false,
      available_credit: '300.00',
      message: 'Insufficient credit.',
    };
    const error = toApiError(400, { error: 'Credit limit exceeded', details, hint: null });
    expect(error.message).toBe('Credit limit exceeded. Insufficient credit.');
    expect(sentencesOf(error)).toEqual([
      'Credit limit exceeded. Insufficient credit. Approved: no, Available credit: 300.00',
    ]);
  });

  it('says a declared answer beside its problems, and nothing twice', () => {
    const answer = { message: 'Too much.', left: '2' };
    const error = toApiError(400, { detail: 'Too much.', problems: [problem], answer });
    expect(sentencesOf(error)).toEqual(['Left: 2', 'Too much. Take 2.']);
  });

  it('without a word gives its status', () => {
    expect(sentencesOf(toApiError(502, null))).toEqual(['The server answered with status 502.']);
  });
});
