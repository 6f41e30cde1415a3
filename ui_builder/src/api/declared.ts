/** What an answer says that metadata declares for a refusal: any object, read for people. */

export interface Words {
  readonly sentences: readonly string[];
  /** Values with their names: `Left: 100.00, Wanted: 250.00`. */
  readonly facts: string;
}

const SPOKEN: ReadonlySet<string> = new Set(['error', 'message', 'detail', 'title', 'reason']);

function named(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function isSentence(name: string, value: unknown): value is string {
  if (typeof value !== 'string' || value === '') return false;
  return SPOKEN.has(name) || /\p{L}.*\s/u.test(value);
}

function ended(sentence: string): string {
  return /[\p{L}\p{N})]$/u.test(sentence) ? `${sentence}.` : sentence;
}

function leaves(name: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value)) return value.flatMap((one) => leaves(name, one));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([inner, one]) => leaves(inner, one));
  return value === null || value === undefined || value === '' ? [] : [[name, value]];
}

/** In: a decoded answer. Out: its sentences, and its other values with their names. */
export function declaredWords(answer: unknown): Words {
  const all = leaves('', answer).filter(([name]) => name !== '');
  const sentences = all.flatMap(([name, value]) => (isSentence(name, value) ? [ended(value)] : []));
  const facts = all
    .filter(([name, value]) => !isSentence(name, value))
    .map(
      ([name, value]) =>
        `${named(name)}: ${typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)}`,
    );
  return { sentences: [...new Set(sentences)], facts: facts.join(', ') };
}
