import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkCharacter, type TextType, textFault } from './textTypes';

const article: TextType = {
  name: 'article',
  length: 13,
  least: 13,
  capitals: false,
  digits: true,
  patterns: { '': '[0-9]{13}' },
  refused: '0{13}',
  parts: {
    country: {
      name: 'country',
      start: 0,
      end: 2,
      options: ['40', '89'],
      message: 'No country {part}.',
      kinds: [],
    },
  },
  checksum: {
    alphabet: '0123456789',
    weights: [1, 3],
    modulus: 10,
    fold: false,
    message: "'{value}' is mistyped.",
  },
  message: "'{value}' is no article number.",
  length_message: 'It has 13 figures, not {length}.',
};
const folded = {
  alphabet: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  weights: [1, 2],
  modulus: 36,
  fold: true,
  message: '',
};
const published: {
  cases: { id: string; input: string; expected: { valid: boolean; check_digit?: string } }[];
} = JSON.parse(
  readFileSync(new URL('../../../tests/vectors/india/gstin.json', import.meta.url), 'utf8'),
);

describe('checked kinds of text', () => {
  it.each([
    ['4006381333931', null],
    ['', null],
    ['400638133393', 'It has 13 figures, not 12.'],
    ['400638133393x', "'400638133393x' is no article number."],
    ['0000000000000', "'0000000000000' is no article number."],
    ['5006381333931', 'No country 50.'],
    ['4006381333932', "'4006381333932' is mistyped."],
  ])('%s', (value, fault) => {
    expect(textFault(article, value)).toBe(fault);
  });

  it.each(published.cases.filter((each) => each.expected.valid))('$id', ({ input, expected }) => {
    const value = input.trim().toUpperCase();
    expect(checkCharacter(folded, value.slice(0, 14))).toBe(expected.check_digit);
  });
});
