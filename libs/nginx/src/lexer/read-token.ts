/**
 * Duty: one token of nginx configuration text, by the rules of nginx' own reader: a quote opens a string only at the
 * start of a token, a backslash keeps the next character from ending it, `${name}` does not open a block.
 */
import { err, ok, type Result } from '@gatehouse/core';

export interface LexerPosition {
  readonly offset: number;
  readonly line: number;
}

export interface LexerToken {
  readonly kind: 'word' | ';' | '{' | '}' | 'end';
  /** Of a word, decoded. */
  readonly text: string;
  readonly line: number;
  readonly end: LexerPosition;
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', "'": "'", '\\': '\\', t: '\t', r: '\r', n: '\n' };

/** The token at or after `from`. */
export function readToken(text: string, from: LexerPosition): Result<LexerToken> {
  const start = skipBlank(text, from);
  const first = text[start.offset];
  if (first === undefined) return ok({ kind: 'end', text: '', line: start.line, end: start });
  if (first === ';' || first === '{' || first === '}') {
    const end = { offset: start.offset + 1, line: start.line };
    return ok({ kind: first, text: first, line: start.line, end });
  }
  return first === '"' || first === "'" ? readQuoted(text, start, first) : readBare(text, start);
}

function skipBlank(text: string, from: LexerPosition): LexerPosition {
  let { offset, line } = from;
  for (;;) {
    const character = text[offset];
    if (character === '#') {
      const end = text.indexOf('\n', offset);
      offset = end < 0 ? text.length : end;
    } else if (isBlank(character)) {
      if (character === '\n') line += 1;
      offset += 1;
    } else {
      return { offset, line };
    }
  }
}

function readQuoted(text: string, start: LexerPosition, quote: string): Result<LexerToken> {
  let line = start.line;
  for (let at = start.offset + 1; at < text.length; at += 1) {
    if (text[at] === '\n') line += 1;
    if (text[at] === '\\') {
      at += 1;
      if (text[at] === '\n') line += 1;
    } else if (text[at] === quote) {
      const next = text[at + 1];
      // nginx wants a blank or one of these after a string; `)` is for its `if`.
      if (next !== undefined && !isBlank(next) && !';{)'.includes(next)) {
        return err(`line ${line}: unexpected ${JSON.stringify(next)} after a string`);
      }
      const end = { offset: at + 1, line };
      return ok({ kind: 'word', text: decode(text.slice(start.offset + 1, at)), line: start.line, end });
    }
  }
  return err(`line ${start.line}: the string does not end`);
}

function readBare(text: string, start: LexerPosition): Result<LexerToken> {
  let at = start.offset;
  let line = start.line;
  // After an unescaped dollar sign a brace belongs to the name of a variable.
  let afterDollar = false;
  for (; at < text.length; at += 1) {
    const character = text[at];
    if (isBlank(character) || character === ';' || (character === '{' && !afterDollar)) break;
    afterDollar = character === '$';
    if (character === '\\') {
      at += 1;
      if (text[at] === '\n') line += 1;
    }
  }
  const end = { offset: Math.min(at, text.length), line };
  return ok({ kind: 'word', text: decode(text.slice(start.offset, end.offset)), line: start.line, end });
}

function decode(text: string): string {
  return text.replace(/\\(["'\\trn])/gs, (_whole, escaped: string) => ESCAPES[escaped] ?? escaped);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n';
}
