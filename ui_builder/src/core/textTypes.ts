/** Checked kinds of text that packs declare: the same checks as `engine/catalog/text_check.py`. */

export interface TextPart {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly options: readonly string[];
  readonly message: string;
  readonly kinds: readonly string[];
}

export interface Checksum {
  readonly alphabet: string;
  readonly weights: readonly number[];
  readonly modulus: number;
  readonly fold: boolean;
  readonly message: string;
}

export interface TextType {
  readonly name: string;
  readonly length: number;
  readonly least: number;
  readonly capitals: boolean;
  readonly digits: boolean;
  readonly patterns: Readonly<Record<string, string>>;
  readonly refused: string;
  readonly parts: Readonly<Record<string, TextPart>>;
  readonly checksum: Checksum | null;
  readonly message: string;
  readonly length_message: string;
}

/** What is wrong with a text, as a sentence; null for a right one and for none. */
export function textFault(type: TextType, value: string): string | null {
  if (value === '') return null;
  const count = [...value].length;
  if (count < type.least || count > type.length) {
    return filled(type.length_message || type.message, value);
  }
  const kind = Object.keys(type.patterns).find((each) => fits(type.patterns[each] ?? '', value));
  if (kind === undefined || (type.refused !== '' && fits(type.refused, value))) {
    return filled(type.message, value);
  }
  for (const part of Object.values(type.parts)) {
    const text = [...value].slice(part.start, part.end).join('');
    const counts = part.kinds.length === 0 || part.kinds.includes(kind);
    if (counts && part.options.length > 0 && !part.options.includes(text)) {
      return filled(part.message || type.message, value, text);
    }
  }
  const sum = type.checksum;
  const wrong = sum !== null && checkCharacter(sum, value.slice(0, -1)) !== value.slice(-1);
  return sum !== null && wrong ? filled(sum.message, value) : null;
}

/** The last character for those before it; null where one of them is not in the alphabet. */
export function checkCharacter(sum: Checksum, first: string): string | null {
  let total = 0;
  for (const [position, character] of [...first].entries()) {
    const number = sum.alphabet.indexOf(character);
    if (number < 0) return null;
    let product = number * (sum.weights[position % sum.weights.length] ?? 0);
    while (sum.fold && product >= sum.modulus) {
      product = Math.floor(product / sum.modulus) + (product % sum.modulus);
    }
    total += product;
  }
  return sum.alphabet[(sum.modulus - (total % sum.modulus)) % sum.modulus] ?? null;
}

function fits(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`, 'u').test(value);
}

function filled(message: string, value: string, part = ''): string {
  return message
    .replaceAll('{value}', () => value)
    .replaceAll('{length}', () => String([...value].length))
    .replaceAll('{part}', () => part);
}
