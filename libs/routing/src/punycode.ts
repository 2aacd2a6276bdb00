/**
 * Duty: labels of letters outside ASCII, in the form that DNS has them (RFC 3492, RFC 5890 section 2.3.2.1): `xn--bcher-kva`
 * for `bücher`. Which letters a registry allows is not its business.
 */
import { err, ok, type Result } from '@gatehouse/core';

const START = 'xn--';
const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const FIRST_BIAS = 72;
const FIRST_POINT = 0x80;
const LAST_POINT = 0x10_ffff;
const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * What never stands in a label, whatever script it is of: controls, blanks, marks of direction, what is not assigned, and
 * what is another letter in lower case or in its plain form (UTS 46, section 4). Two that fold, and two joiners, do stand.
 */
const NO_LETTER =
  /[\p{Z}\p{Cc}\p{Co}\p{Cs}\p{Cn}]|(?![\u200c\u200d])\p{Cf}|(?![ßς\u200c\u200d])\p{Changes_When_NFKC_Casefolded}/u;

export function isPunycode(label: string): boolean {
  return label.startsWith(START);
}

/** What a label in lower-case ASCII that begins with `xn--` stands for. The error completes "a label that …". */
export function decodeLabel(label: string): Result<string> {
  const points = decodePoints(label.slice(START.length));
  if (points === undefined || points.every((point) => point < FIRST_POINT)) return err('decodes to nothing');
  const text = String.fromCodePoint(...points);
  const isPlain = !NO_LETTER.test(text) && text.normalize('NFC') === text;
  return isPlain && encodePoints(points) === label
    ? ok(text)
    : err('decodes to something that is not written like that');
}

/** The label as DNS has it, or undefined when it has no such form. ASCII becomes lower case. */
export function encodeLabel(text: string): string | undefined {
  const label = text.toLowerCase().normalize('NFKC');
  // eslint-disable-next-line no-control-regex -- all of ASCII is meant
  if (/^[\u0000-\u007f]*$/.test(label)) return label;
  return NO_LETTER.test(label) ? undefined : encodePoints(Array.from(label, (one) => one.codePointAt(0) ?? 0));
}

function decodePoints(text: string): readonly number[] | undefined {
  const hyphen = text.lastIndexOf('-');
  const points = Array.from(text.slice(0, Math.max(0, hyphen)), (character) => character.charCodeAt(0));
  let [point, bias, index, at] = [FIRST_POINT, FIRST_BIAS, 0, hyphen + 1];
  while (at < text.length) {
    const before = index;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      const digit = at < text.length ? DIGITS.indexOf(text.charAt(at++)) : -1;
      if (digit === -1) return undefined;
      index += digit * weight;
      const threshold = thresholdAt(k, bias);
      if (digit < threshold) break;
      weight *= BASE - threshold;
      if (index + weight > Number.MAX_SAFE_INTEGER / BASE) return undefined;
    }
    const count = points.length + 1;
    bias = adapt(index - before, count, before === 0);
    point += Math.floor(index / count);
    index %= count;
    if (point > LAST_POINT) return undefined;
    points.splice(index++, 0, point);
  }
  return points;
}

function encodePoints(points: readonly number[]): string {
  const basic = String.fromCharCode(...points.filter((one) => one < FIRST_POINT));
  let [point, bias, delta, done, text] = [FIRST_POINT, FIRST_BIAS, 0, basic.length, ''];
  while (done < points.length) {
    const next = points.reduce((least, one) => (one >= point && one < least ? one : least), LAST_POINT + 1);
    delta += (next - point) * (done + 1);
    point = next;
    for (const one of points) {
      if (one < point) delta += 1;
      if (one !== point) continue;
      text += encodeNumber(delta, bias);
      bias = adapt(delta, done + 1, done === basic.length);
      delta = 0;
      done += 1;
    }
    delta += 1;
    point += 1;
  }
  return `${START}${basic}${basic === '' ? '' : '-'}${text}`;
}

function encodeNumber(number: number, bias: number): string {
  let [rest, text] = [number, ''];
  for (let k = BASE; ; k += BASE) {
    const threshold = thresholdAt(k, bias);
    if (rest < threshold) return text + DIGITS.charAt(rest);
    text += DIGITS.charAt(threshold + ((rest - threshold) % (BASE - threshold)));
    rest = Math.floor((rest - threshold) / (BASE - threshold));
  }
}

function thresholdAt(k: number, bias: number): number {
  return Math.min(T_MAX, Math.max(T_MIN, k - bias));
}

/** RFC 3492, section 6.1. */
function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? DAMP : 2));
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}
