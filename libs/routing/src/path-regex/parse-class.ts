/**
 * Duty: reading `[…]` and the escapes that stand for sets, in the part of the grammar that PCRE 1 and 2 agree on.
 */
import { quoteFound } from '@gatehouse/core';
import { bytesWhere, complementOf, emptySet, unionOf, type CharacterSet } from './character-set.ts';
import { peek, refuse, skip, skipMatch, type Reading } from './reading.ts';

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
const isUpper = (byte: number) => byte >= 0x41 && byte <= 0x5a;
const isLower = (byte: number) => byte >= 0x61 && byte <= 0x7a;
const isAlpha = (byte: number) => isUpper(byte) || isLower(byte);
const isSpace = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
const isGraph = (byte: number) => byte > 0x20 && byte < 0x7f;

const digits = bytesWhere(isDigit);
const words = bytesWhere((byte) => isAlpha(byte) || isDigit(byte) || byte === 0x5f);
const spaces = bytesWhere(isSpace);

const shorthands: ReadonlyMap<string, CharacterSet> = new Map([
  ['d', digits],
  ['D', complementOf(digits)],
  ['w', words],
  ['W', complementOf(words)],
  ['s', spaces],
  ['S', complementOf(spaces)],
]);

const posixClasses: ReadonlyMap<string, CharacterSet> = new Map([
  ['alnum', bytesWhere((byte) => isAlpha(byte) || isDigit(byte))],
  ['alpha', bytesWhere(isAlpha)],
  ['digit', digits],
  ['graph', bytesWhere(isGraph)],
  ['lower', bytesWhere(isLower)],
  ['print', bytesWhere((byte) => byte >= 0x20 && byte < 0x7f)],
  ['punct', bytesWhere((byte) => isGraph(byte) && !isAlpha(byte) && !isDigit(byte))],
  ['space', spaces],
  ['upper', bytesWhere(isUpper)],
  ['word', words],
  ['xdigit', bytesWhere((byte) => isDigit(byte) || (byte >= 0x61 && byte <= 0x66))],
]);

/** Reads what follows a backslash, when it stands for one byte out of a set: `\d`, `\.`. */
export function parseSetEscape(reading: Reading): CharacterSet | undefined {
  const escaped = peek(reading);
  if (escaped === undefined) return refuse(reading, 'it ends in a backslash');
  const shorthand = shorthands.get(escaped);
  if (shorthand === undefined && !/[!-/:-@[-`{-~]/.test(escaped)) {
    return refuse(reading, `\\${escaped} is not supported; of letters only \\d \\D \\w \\W \\s \\S \\b \\B are`);
  }
  reading.at += 1;
  return shorthand ?? singleByte(escaped);
}

const singleBytes: readonly CharacterSet[] = Array.from({ length: 128 }, (_, code) => {
  return bytesWhere((byte) => byte === code);
});

/** The set of one ASCII character. */
export function singleByte(character: string): CharacterSet {
  return singleBytes[character.charCodeAt(0)] ?? emptySet;
}

/** Reads what follows `[`, up to and with the `]`. */
export function parseClass(reading: Reading): CharacterSet | undefined {
  if (/[:.=]/.test(peek(reading) ?? '')) return refuse(reading, 'a [ ] may not begin with one of : . =');
  const isNegated = skip(reading, '^');
  if (peek(reading) === ']') return refuse(reading, 'an empty [] or [^] is read differently by different engines');
  let set = emptySet;
  while (!skip(reading, ']')) {
    if (peek(reading) === undefined) return refuse(reading, 'a [ is never closed');
    const item = parseClassItem(reading);
    if (item === undefined) return undefined;
    set = unionOf(set, item);
  }
  return isNegated ? complementOf(set) : set;
}

function parseClassItem(reading: Reading): CharacterSet | undefined {
  const posix = parsePosixClass(reading);
  if (posix !== undefined || reading.refusal !== undefined) return posix && refuseRange(reading, posix);
  const first = parseClassCharacter(reading);
  if (first === undefined) return undefined;
  if (typeof first !== 'string') return refuseRange(reading, first);
  if (!isRangeNext(reading)) return singleByte(first);
  reading.at += 1;
  const last = isPosixNext(reading) ? singleByte('[') : parseClassCharacter(reading);
  if (last === undefined) return undefined;
  if (typeof last !== 'string' || last < first) {
    return refuse(reading, `the range that begins with ${quoteFound(`${first}-`)} does not go upwards`);
  }
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)];
  return bytesWhere((byte) => byte >= from && byte <= to);
}

/** One literal character, or the set of a shorthand. */
function parseClassCharacter(reading: Reading): CharacterSet | string | undefined {
  const character = peek(reading);
  if (character === undefined) return refuse(reading, 'a [ is never closed');
  if (!/[ -~]/.test(character)) return refuse(reading, 'only printable ASCII characters may stand in [ ]');
  reading.at += 1;
  if (character !== '\\') return character;
  const escaped = peek(reading);
  const set = parseSetEscape(reading);
  return escaped === undefined || shorthands.has(escaped) ? set : set && escaped;
}

function parsePosixClass(reading: Reading): CharacterSet | undefined {
  if (!isPosixNext(reading)) return undefined;
  const match = skipMatch(reading, /\[:(\^?)([a-z]+):\]/y);
  const set = posixClasses.get(match?.[2] ?? '');
  if (match === undefined || set === undefined) return refuse(reading, 'a [: in [ ] begins no known POSIX class');
  return match[1] === '^' ? complementOf(set) : set;
}

function isPosixNext(reading: Reading): boolean {
  return /^\[[:.=]/.test(reading.text.slice(reading.at, reading.at + 2));
}

function refuseRange(reading: Reading, set: CharacterSet): CharacterSet | undefined {
  return isRangeNext(reading) ? refuse(reading, 'a class such as \\d cannot begin a range in [ ]') : set;
}

/** A hyphen that is not the last character of the class. */
function isRangeNext(reading: Reading): boolean {
  return peek(reading) === '-' && reading.text[reading.at + 1] !== ']';
}
