// @vitest-environment node
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import Decimal from 'decimal.js-light';
import { describe, expect, it } from 'vitest';
import { evaluate, type Tree } from './evaluate';

type Row = Record<string, unknown>;
type Case = readonly [source: string, frame: number, expected: unknown, tree: Tree];

interface Vectors {
  readonly frames: readonly { this: Row; facts: Row }[];
  readonly cases: readonly Case[];
}

const file = new URL('../../../tests/vectors/expressions.json.gz', import.meta.url);
const vectors = JSON.parse(gunzipSync(readFileSync(file)).toString('utf-8')) as Vectors;

/** Rows know the row they belong to, as the form gives them. */
function tied(row: Row, parent: Row | null): Row {
  const made: Row = parent === null ? { ...row } : { ...row, parent };
  for (const [name, value] of Object.entries(row)) {
    if (Array.isArray(value)) made[name] = value.map((child) => tied(child as Row, made));
  }
  return made;
}

const frames = vectors.frames.map((frame) => ({
  this: tied(frame.this, null),
  facts: frame.facts,
}));

function agrees(found: unknown, expected: unknown): boolean {
  if (!Array.isArray(expected)) return found === expected;
  const [kind, text] = expected as [string, string];
  if (kind === 'number') return found instanceof Decimal && found.eq(text);
  return found === text;
}

function shown(value: unknown): string {
  return value instanceof Decimal ? value.toFixed() : JSON.stringify(value);
}

describe('evaluate', () => {
  it('gives what the server gives, for every vector', { timeout: 120_000 }, () => {
    const wrong = vectors.cases.flatMap(([source, place, expected, tree]) => {
      const found = evaluate(tree, frames[place] ?? {});
      return agrees(found, expected)
        ? []
        : [`${source} = ${shown(found)}, expected ${shown(expected)}`];
    });
    expect(vectors.cases.length).toBe(20_000);
    expect(wrong.slice(0, 20), `${wrong.length} of ${vectors.cases.length}`).toEqual([]);
  });

  it('takes decimals of a form as they are, whatever their precision', () => {
    const tree = ['*', ['field', ['name', 'this', 'record'], 'rate', 'number'], ['number', '3']];
    const found = evaluate(tree, { this: { rate: new Decimal('0.1') } });
    expect(found instanceof Decimal && found.toFixed()).toBe('0.3');
  });

  it('reads a fact by the id of a link, also where the link is an object', () => {
    const link = ['field', ['name', 'this', 'record'], 'item', 'record'];
    const tree = ['fact', link, ['Item'], 'price', 'number'];
    const facts = { Item: { '7': { price: '12.50' } } };
    const byId = evaluate(tree, { this: { item: 7 }, facts });
    const byObject = evaluate(tree, { this: { item: { id: 7, title: 'Lux' } }, facts });
    expect(byId instanceof Decimal && byId.toFixed(2)).toBe('12.50');
    expect(byObject instanceof Decimal && byObject.toFixed(2)).toBe('12.50');
  });

  it('takes what is missing from a row, the facts or the frame as null', () => {
    const link = ['field', ['name', 'this', 'record'], 'item', 'record'];
    expect(evaluate(['fact', link, ['Item'], 'price', 'number'], { this: { item: 8 } })).toBeNull();
    expect(evaluate(link, { this: {} })).toBeNull();
    expect(evaluate(['name', 'row', 'record'], {})).toBeNull();
  });

  it('refuses a tree that it does not know', () => {
    expect(() => evaluate(['role', 'income'], {})).toThrow('operator');
    expect(() => evaluate(['call', 'convert', ['number', '1']], {})).toThrow('function');
    expect(() => evaluate(['toString'], {})).toThrow();
  });
});
