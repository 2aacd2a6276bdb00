/**
 * Duty: breaking JSON at one place: a value of another type, one too many, one too few, a name that means something in
 * JavaScript. Knows nothing of what the JSON says.
 */
import fc from 'fast-check';

export type Json = boolean | number | string | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

/** What is done at one of all places of a document; which one it is, is the number modulo their count. */
export interface Breakage {
  readonly place: number;
  readonly how: 'addMember' | 'doubleMember' | 'removeMember' | 'replace';
  readonly name: string;
  readonly value: Json;
}

const deep = (levels: number): Json => (levels === 0 ? 'x' : [deep(levels - 1)]);

/** Values of every type, and those that are too much of one. */
const values: readonly Json[] = [
  ...[null, true, false, 0, -0, -1, 1.5, 80, 65_536, 1e300, Number.MAX_SAFE_INTEGER, '', ' ', 'x', '0', '80', 'null'],
  ...[[], {}, [null], [[]], [{}], ['x'], { x: 1 }, { '': '' }, { number: 80 }, { name: 'web', port: {} }],
  ...[{ constructor: 'x' }, { toString: 'x' }, { length: 3 }, { 0: 'x' }, deep(40), 'x'.repeat(70_000)],
  Array.from({ length: 300 }, () => 'x'),
];

const names = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', '0', 'length', 'x'],
  ...['metadata', 'name', 'namespace', 'spec', 'rules', 'http', 'paths', 'backend', 'service', 'annotations', 'kind'],
];

export const breakage: fc.Arbitrary<Breakage> = fc.record({
  place: fc.nat(),
  how: fc.constantFrom('replace', 'removeMember', 'addMember', 'doubleMember'),
  name: fc.constantFrom(...names),
  value: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...values) },
    fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  ),
});

/** A copy that is broken. What means nothing at the place, such as a member of a number, leaves it as it is. */
export function broken(json: Json, { place, how, name, value }: Breakage): Json {
  let left = place % countPlaces(json);
  const visit = (node: Json): Json => {
    if (left === 0) {
      left -= 1;
      return brokenHere(node, { how, name, value });
    }
    left -= 1;
    if (Array.isArray(node)) return (node as readonly Json[]).map(visit);
    return isObject(node) ? fromEntries(Object.entries(node).map(([key, inner]) => [key, visit(inner)])) : node;
  };
  return visit(json);
}

function brokenHere(node: Json, { how, name, value }: Omit<Breakage, 'place'>): Json {
  if (how === 'replace') return value;
  if (Array.isArray(node)) {
    const items = node as readonly Json[];
    if (how === 'removeMember') return items.slice(1);
    return [...items, ...(how === 'addMember' ? [value] : items)];
  }
  if (!isObject(node)) return value;
  const entries = Object.entries(node);
  if (how === 'removeMember') return fromEntries(entries.slice(1));
  return fromEntries([...entries, [name, how === 'addMember' ? value : node]]);
}

/** As JSON.parse does it: a member `__proto__` is one like any other. */
function fromEntries(entries: readonly (readonly [string, Json])[]): Json {
  return Object.fromEntries(entries);
}

function countPlaces(json: Json): number {
  if (Array.isArray(json)) return (json as readonly Json[]).reduce<number>((sum, one) => sum + countPlaces(one), 1);
  return isObject(json) ? Object.values(json).reduce<number>((sum, one) => sum + countPlaces(one), 1) : 1;
}

export function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
