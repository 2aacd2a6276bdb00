/**
 * Duty: reads a list of wishes with weights, as the headers Accept and Accept-Language are (RFC 9110, section 12.4).
 * What cannot be read is left out, so that the rest still counts. The time taken grows with the length of the text only.
 */

export interface Wish {
  /** What is wished for, in lower case: a media range or a language range. */
  readonly range: string;
  /** Parameters before the weight, names and values in lower case. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** From 0 (never) to 1. */
  readonly quality: number;
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const WEIGHT = /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/;

/** The wishes in the order of the header. */
export function parseWeightedList(header: string): readonly Wish[] {
  return splitOutsideQuotes(header.toLowerCase(), ',')
    .map(parseWish)
    .filter((wish) => wish !== undefined);
}

function parseWish(text: string): Wish | undefined {
  const [range = '', ...rest] = splitOutsideQuotes(text, ';').map((part) => part.trim());
  if (range === '') return undefined;
  const parameters: [string, string][] = [];
  for (const part of rest) {
    // RFC 9110, section 5.6.6: parameters may be empty.
    if (part === '') continue;
    const parameter = parseParameter(part);
    if (parameter === undefined) return undefined;
    const [name, value] = parameter;
    // Whatever stands behind the weight was an extension that nobody ever used.
    if (name === 'q') return WEIGHT.test(value) ? { range, parameters, quality: Number(value) } : undefined;
    parameters.push(parameter);
  }
  return { range, parameters, quality: 1 };
}

function parseParameter(text: string): [name: string, value: string] | undefined {
  const equals = text.indexOf('=');
  const name = text.slice(0, equals);
  const value = text.slice(equals + 1);
  if (equals < 0 || !TOKEN.test(name)) return undefined;
  if (TOKEN.test(value)) return [name, value];
  const isQuoted = value.length > 1 && value.startsWith('"') && indexAfterQuote(value, 0) === value.length;
  return isQuoted && value.endsWith('"') ? [name, value.slice(1, -1).replaceAll(/\\(.)/g, '$1')] : undefined;
}

function splitOutsideQuotes(text: string, separator: ',' | ';'): readonly string[] {
  if (!text.includes('"')) return text.split(separator);
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') at = indexAfterQuote(text, at) - 1;
    else if (text[at] === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** Where the text goes on after the quoted string that opens at `open`; its end when nothing closes that. */
function indexAfterQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
