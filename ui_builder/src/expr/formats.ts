/** How values become text inside messages and `text()`; the same as on the server. */
import { groupDigits } from '../core/digits';
import { dateText, FiscalYear } from './dates';
import { fixedText, isNumber, plainText } from './numbers';

const ISO_DATE = 'yyyy-MM-dd';

function anything(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return isNumber(value) ? plainText(value) : '';
}

function zeroPadded(text: string, width: number): string {
  const sign = text.startsWith('-') ? '-' : '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

/** `2|3,2`: with two decimals, digits in groups of three, then two. */
function inGroups(value: Parameters<typeof plainText>[0], argument: string): string {
  const [places = '', groups = ''] = argument.split('|');
  const text = places === '' ? plainText(value) : fixedText(value, Number(places));
  return groupDigits(
    text,
    groups.split(',').flatMap((size) => (size === '' ? [] : Number(size))),
  );
}

/** In: a value, and the layout that the tree gives it. Out: its text; null is nothing. */
export function written(value: unknown, kind: unknown, argument: string): string {
  if (value === null || value === undefined) return '';
  if (value instanceof FiscalYear) return argument === 'short' ? value.short : value.label;
  if (kind === 'date' && typeof value === 'string') return dateText(value, argument || ISO_DATE);
  if (!isNumber(value)) return anything(value);
  if (kind === 'fixed') return fixedText(value, Number(argument));
  if (kind === 'grouped') return inGroups(value, argument);
  if (kind === 'pad') return zeroPadded(fixedText(value, 0), Number(argument));
  return plainText(value);
}
