/**
 * Duty: reading a regular expression of the part of PCRE that is supported, the same in PCRE 1 and 2. One pass, linear
 * in the length of the text, depth bounded. Whether it is safe to run is judged elsewhere.
 */
import { bytesWhere, complementOf } from './character-set.ts';
import { parseClass, parseSetEscape, singleByte } from './parse-class.ts';
import { peek, refuse, skip, skipMatch, type Reading } from './reading.ts';
import type { RegexNode } from './regex-node.ts';

const DEEPEST = 10;
const MOST_CAPTURES = 9;
const LARGEST_COUNT = 1000;

const anyByte: RegexNode = { kind: 'byte', set: complementOf(bytesWhere((byte) => byte === 0x0a)) };

/** Reads up to the end of the text, or to the `)` of the open group, which is left to the caller. */
export function parseAlternatives(reading: Reading): RegexNode | undefined {
  const items: RegexNode[] = [];
  do {
    const item = parseSequence(reading);
    if (item === undefined) return undefined;
    items.push(item);
  } while (skip(reading, '|'));
  const [only] = items;
  return items.length === 1 ? only : { kind: 'alternatives', items };
}

function parseSequence(reading: Reading): RegexNode | undefined {
  const items: RegexNode[] = [];
  for (let next = peek(reading); next !== undefined && next !== '|' && next !== ')'; next = peek(reading)) {
    const item = parseRepeated(reading);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return { kind: 'sequence', items };
}

function parseRepeated(reading: Reading): RegexNode | undefined {
  const body = parseAtom(reading);
  if (body === undefined) return undefined;
  const counts = parseQuantifier(reading);
  if (counts === undefined) return reading.refusal === undefined ? body : undefined;
  if (body.kind !== 'byte' && body.kind !== 'group') {
    return refuse(reading, 'a quantifier follows something that cannot be repeated');
  }
  if (/[*+?{]/.test(peek(reading) ?? '')) return refuse(reading, 'one quantifier directly follows another');
  return { kind: 'repeat', body, ...counts };
}

const simpleQuantifiers: ReadonlyMap<string, { readonly min: number; readonly max: number }> = new Map([
  ['*', { min: 0, max: Infinity }],
  ['+', { min: 1, max: Infinity }],
  ['?', { min: 0, max: 1 }],
]);

/** A quantifier with its lazy `?`. Possessive ones are refused: the judgement on backtracking does not know them. */
function parseQuantifier(reading: Reading): { readonly min: number; readonly max: number } | undefined {
  const simple = simpleQuantifiers.get(peek(reading) ?? '');
  if (simple !== undefined) reading.at += 1;
  const counts = simple ?? parseCounts(reading);
  if (counts === undefined) return undefined;
  if (!skip(reading, '?') && peek(reading) === '+') return refuse(reading, 'possessive quantifiers are not supported');
  return counts;
}

function parseCounts(reading: Reading): { readonly min: number; readonly max: number } | undefined {
  if (peek(reading) !== '{') return undefined;
  const match = skipMatch(reading, /\{([0-9]{1,4})(,([0-9]{0,4}))?\}/y);
  if (match === undefined) return refuse(reading, 'a { begins no count such as {2,5}; write \\{ for the character');
  const min = Number(match[1]);
  const max = match[2] === undefined ? min : match[3] === '' ? Infinity : Number(match[3]);
  const isTooLarge = min > LARGEST_COUNT || (max !== Infinity && max > LARGEST_COUNT);
  if (isTooLarge) return refuse(reading, `a count is larger than ${LARGEST_COUNT}`);
  if (max < min || max === 0) return refuse(reading, `the count ${match[0]} does not go upwards`);
  return { min, max };
}

function parseAtom(reading: Reading): RegexNode | undefined {
  const character = reading.text.charAt(reading.at);
  reading.at += 1;
  switch (character) {
    case '(':
      return parseGroup(reading);
    case '[': {
      const set = parseClass(reading);
      return set && { kind: 'byte', set };
    }
    case '\\':
      return parseEscape(reading);
    case '.':
      return anyByte;
    case '^':
      return { kind: 'assertion' };
    case '$':
      return { kind: 'end' };
    case '*':
    case '+':
    case '?':
      return refuse(reading, 'a quantifier has nothing before it');
    case '{':
      return refuse(reading, 'a { has nothing before it; write \\{ for the character');
    default:
      return parseLiteral(reading, character);
  }
}

function parseEscape(reading: Reading): RegexNode | undefined {
  if (skip(reading, 'b') || skip(reading, 'B')) return { kind: 'assertion' };
  const set = parseSetEscape(reading);
  return set && { kind: 'byte', set };
}

/** A character that stands for itself; outside ASCII it is several bytes, which cannot be repeated as one. */
function parseLiteral(reading: Reading, first: string): RegexNode {
  if (first <= '\u007f') return { kind: 'byte', set: singleByte(first) };
  const character = String.fromCodePoint(reading.text.codePointAt(reading.at - 1) ?? 0);
  reading.at += character.length - 1;
  const items = [...new TextEncoder().encode(character)].map((byte): RegexNode => {
    return { kind: 'byte', set: bytesWhere((other) => other === byte) };
  });
  return { kind: 'sequence', items };
}

function parseGroup(reading: Reading): RegexNode | undefined {
  if (skip(reading, '?i)')) return { kind: 'sequence', items: [] };
  const isLookahead = skip(reading, '?=') || skip(reading, '?!');
  const isCapture = !isLookahead && !skip(reading, '?:');
  if (isCapture && /[?*]/.test(peek(reading) ?? '')) {
    return refuse(reading, 'of groups that begin with (? or (* only (?:…), (?=…), (?!…) and (?i) are supported');
  }
  if (isCapture) reading.captures += 1;
  if (reading.captures > MOST_CAPTURES) return refuse(reading, `it has more than ${MOST_CAPTURES} captures`);
  reading.depth += 1;
  if (reading.depth > DEEPEST) return refuse(reading, `groups are nested more than ${DEEPEST} deep`);
  const body = parseAlternatives(reading);
  if (body === undefined) return undefined;
  if (!skip(reading, ')')) return refuse(reading, 'a ( is never closed');
  reading.depth -= 1;
  return isLookahead ? { kind: 'lookahead', body } : { kind: 'group', body };
}
