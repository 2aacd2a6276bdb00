/**
 * Duty: sets of bytes, and of the end of the text, as bit sets. What the safety of a regular expression is computed with.
 */

/** 256 bytes and, as number 256, the end of the text. Never changed after it was made. */
export type CharacterSet = Readonly<Uint32Array>;

const WORDS = 9;
const END = 256;
const BYTES = 256;

/** No byte, and not the end. */
export const emptySet: CharacterSet = new Uint32Array(WORDS);

/** Only the end of the text. */
export const endSet: CharacterSet = setWhere((member) => member === END);

/** The bytes for which `isMember` holds, letters in both cases as soon as they are in it in one. */
export function bytesWhere(isMember: (byte: number) => boolean): CharacterSet {
  return setWhere((member) => member < BYTES && (isMember(member) || isMember(otherCase(member))));
}

/** All bytes that are not in `set`. */
export function complementOf(set: CharacterSet): CharacterSet {
  return setWhere((member) => member < BYTES && !isIn(set, member));
}

export function unionOf(a: CharacterSet, b: CharacterSet): CharacterSet {
  return a.map((word, index) => word | (b[index] ?? 0));
}

export function isOverlapping(a: CharacterSet, b: CharacterSet): boolean {
  for (let index = 0; index < WORDS; index++) if (((a[index] ?? 0) & (b[index] ?? 0)) !== 0) return true;
  return false;
}

function setWhere(isMember: (member: number) => boolean): CharacterSet {
  const set = new Uint32Array(WORDS);
  for (let member = 0; member <= END; member++) {
    if (isMember(member)) set[member >> 5] = (set[member >> 5] ?? 0) | (1 << (member & 31));
  }
  return set;
}

function isIn(set: CharacterSet, member: number): boolean {
  return ((set[member >> 5] ?? 0) & (1 << (member & 31))) !== 0;
}

function otherCase(byte: number): number {
  const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
  return isLetter ? byte ^ 0x20 : byte;
}
