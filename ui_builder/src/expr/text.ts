/** Functions of text; the same as engine/expr/library_text.py. Lengths are counted in code points. */
import type Decimal from 'decimal.js-light';
import { roundTo } from './numbers';

const MOST_CHARACTERS = 10_000;
const LONGEST_MATCHED = 500;
const ONES =
  'Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen Seventeen Eighteen Nineteen'.split(
    ' ',
  );
const TENS = 'Zero Ten Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety'.split(' ');
type Step = readonly [bigint, string];
const SMALL: readonly Step[] = [
  [1000n, 'Thousand'],
  [100n, 'Hundred'],
];

const size = (text: string): number => Array.from(text).length;

/** Without spaces at either end; other blanks stay. */
export function trim(text: string): string {
  return text.replace(/^ +| +$/g, '');
}

/** Every `old` made `made`; null where the text would grow beyond bounds. */
export function replaced(text: string, old: string, made: string): string | null {
  if (old === '') return text;
  const result = text.split(old).join(made);
  return size(result) <= MOST_CHARACTERS ? result : null;
}

function padding(text: string, width: number, mark: string): string {
  const missing = Math.min(width, MOST_CHARACTERS) - size(text);
  if (missing <= 0 || mark === '') return '';
  const marks = Array.from(mark);
  return Array.from({ length: missing }, (_, place) => marks[place % marks.length]).join('');
}

export function padLeft(text: string, width: number, mark: string): string {
  return padding(text, width, mark) + text;
}

export function padRight(text: string, width: number, mark: string): string {
  return text + padding(text, width, mark);
}

const known = new Map<string, RegExp>();

/** Whether all of `text` fits a pattern in the form that the compiler gives it. */
export function matches(text: string, pattern: string): boolean {
  let compiled = known.get(pattern);
  if (compiled === undefined) {
    compiled = new RegExp(`^(?:${pattern})$`, 'u');
    known.set(pattern, compiled);
  }
  return size(text) <= LONGEST_MATCHED && compiled.test(text);
}

/** `1000000 Million,…` and the numbers that every country has. */
function stepsOf(large: string): readonly Step[] {
  const said = large.split(',').map((part): Step => {
    const [number = '', word = ''] = part.split(' ');
    return [BigInt(number), word];
  });
  return [...said, ...SMALL];
}

function words(number: bigint, steps: readonly Step[]): string {
  if (number < 20n) return ONES[Number(number)] ?? '';
  if (number < 100n) {
    const rest = number % 10n === 0n ? '' : ` ${ONES[Number(number % 10n)]}`;
    return `${TENS[Number(number / 10n)]}${rest}`;
  }
  const [step, name] = steps.find(([least]) => least <= number) ?? [100n, 'Hundred'];
  const rest = number % step === 0n ? '' : ` ${words(number % step, steps)}`;
  return `${words(number / step, steps)} ${name}${rest}`;
}

/** `118000.50` → `Euros One Hundred Eighteen Thousand and Cents Fifty Only`; `large` as the compiler writes it. */
export function amountInWords(value: Decimal, major: string, minor: string, large: string): string {
  const steps = stepsOf(large);
  const amount = roundTo(value, 2);
  const hundredths = BigInt(amount.abs().toFixed(2).replace('.', ''));
  const rest = hundredths % 100n;
  const tail = rest === 0n ? '' : ` and ${minor} ${words(rest, steps)}`;
  const sign = amount.isNegative() && hundredths !== 0n ? 'Minus ' : '';
  return `${sign}${major} ${words(hundredths / 100n, steps)}${tail} Only`;
}
