/** Cells pasted from a spreadsheet: tab-separated text → values of the fields they land in. */
import type { Value } from '../api/values';
import type { Field } from '../meta/types';
import { isoDay, parseDay } from './dates';
import { parseDecimal } from './decimal';
import { isNumeric } from './numeric';

/** In: clipboard text. Out: its rows of cells; null where it is a single cell that the input may take itself. */
export function parseCells(text: string): readonly (readonly string[])[] | null {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n');
  if (lines.length === 1 && !text.includes('\t')) return null;
  return lines.map((line) => line.split('\t').map((cell) => cell.trim()));
}

const YES: ReadonlySet<string> = new Set(['1', 'y', 'yes', 'true', 'x']);

/** The value a cell's text means for `field`; undefined where it means none. A link takes its key as text. */
export function valueOfCell(text: string, field: Field, today: Date): Value {
  if (text === '') return null;
  if (isNumeric(field.type)) {
    const number = parseDecimal(text, field.scale);
    return field.type === 'integer' && typeof number === 'string' ? Number(number) : number;
  }
  if (field.type === 'date') return parseDay(text, isoDay(today));
  if (field.type === 'boolean') return YES.has(text.toLowerCase());
  if (field.type === 'choice') {
    const word = text.toLowerCase();
    return field.options.find(
      (one) => one.value.toLowerCase() === word || one.label.toLowerCase() === word,
    )?.value;
  }
  return text;
}
