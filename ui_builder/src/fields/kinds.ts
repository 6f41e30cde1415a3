/** The field types and how each is entered and shown: a literal table, one line per type. */
import type { FieldType } from '../meta/types';
import { BooleanInput } from './boolean/BooleanInput';
import { BooleanShow } from './boolean/BooleanShow';
import { ChoiceInput } from './choice/ChoiceInput';
import { ChoiceShow } from './choice/ChoiceShow';
import { DateInput } from './date/DateInput';
import { DateShow } from './date/DateShow';
import { DateTimeInput } from './datetime/DateTimeInput';
import { DateTimeShow } from './datetime/DateTimeShow';
import { JsonInput } from './json/JsonInput';
import { JsonShow } from './json/JsonShow';
import { LinkInput } from './link/LinkInput';
import { LinkShow } from './link/LinkShow';
import { LongTextInput } from './long_text/LongTextInput';
import { LongTextShow } from './long_text/LongTextShow';
import { NumberInput } from './number/NumberInput';
import { NumberShow } from './number/NumberShow';
import { TextInput } from './text/TextInput';
import { TextShow } from './text/TextShow';
import { TimeInput } from './time/TimeInput';
import type { FieldKind } from './types';

const text: FieldKind = { Input: TextInput, Show: TextShow, align: 'left', width: 18 };
const code: FieldKind = { ...text, width: 16 };
const numeric: FieldKind = { Input: NumberInput, Show: NumberShow, align: 'right', width: 11 };

const KINDS: Readonly<Record<Exclude<FieldType, 'table' | 'back'>, FieldKind>> = {
  text,
  long_text: { Input: LongTextInput, Show: LongTextShow, align: 'left', width: 26, isWide: true },
  integer: { ...numeric, width: 8 },
  decimal: numeric,
  money: { ...numeric, width: 14 },
  rate: { ...numeric, width: 12 },
  percent: { ...numeric, width: 10 },
  quantity: numeric,
  boolean: { Input: BooleanInput, Show: BooleanShow, align: 'center', width: 7 },
  date: { Input: DateInput, Show: DateShow, align: 'left', width: 13 },
  datetime: { Input: DateTimeInput, Show: DateTimeShow, align: 'left', width: 18 },
  time: { Input: TimeInput, Show: TextShow, align: 'left', width: 9 },
  choice: { Input: ChoiceInput, Show: ChoiceShow, align: 'left', width: 14 },
  link: { Input: LinkInput, Show: LinkShow, align: 'left', width: 17 },
  phone: code,
  email: text,
  url: text,
  json: { Input: JsonInput, Show: JsonShow, align: 'left', width: 20, isWide: true },
};

/** The kind of a field; a type this application does not know yet is shown as text. */
export function kindOf(type: FieldType | string): FieldKind {
  return (KINDS as Readonly<Record<string, FieldKind | undefined>>)[type] ?? text;
}
