/**
 * Duty: reads nginx configuration text as nginx itself does, into a tree with line numbers: for tests, for tools and for
 * telling whose text stands in a line. Knows the syntax of nginx, none of its directives.
 */
import { err, ok, type Result } from '@gatehouse/core';
import { readToken, type LexerToken } from './read-token.ts';

/** The directives of a file. */
export type NginxTree = readonly NginxDirective[];

export interface NginxDirective {
  readonly name: string;
  /** Decoded: without quotes and escapes. */
  readonly args: readonly string[];
  /** Line of the name, counted from 1. */
  readonly line: number;
  /** Line of the `;` or of the closing brace. */
  readonly endLine: number;
  /** The directives of a block; undefined for a simple directive. */
  readonly block?: NginxTree;
}

interface OpenBlock {
  readonly words: readonly LexerToken[];
  readonly directives: NginxDirective[];
}

/** The tree of a configuration, or what is wrong with it and in which line. */
export function lexNginx(text: string): Result<NginxTree> {
  const root: NginxDirective[] = [];
  const open: OpenBlock[] = [];
  let words: LexerToken[] = [];
  let position = { offset: 0, line: 1 };
  for (;;) {
    const read = readToken(text, position);
    if (!read.ok) return read;
    const token = read.value;
    position = token.end;
    const directives = open.at(-1)?.directives ?? root;
    if (token.kind === 'word') {
      words.push(token);
    } else if (token.kind === ';') {
      if (words.length === 0) return unexpected(token);
      directives.push(directiveOf(words, token));
      words = [];
    } else if (token.kind === '{') {
      if (words.length === 0) return unexpected(token);
      open.push({ words, directives: [] });
      words = [];
    } else if (words.length > 0) {
      return unexpected(token);
    } else {
      const block = open.pop();
      if (token.kind === 'end') return block === undefined ? ok(root) : unexpected(token);
      if (block === undefined) return unexpected(token);
      (open.at(-1)?.directives ?? root).push({ ...directiveOf(block.words, token), block: block.directives });
    }
  }
}

function directiveOf(words: readonly LexerToken[], last: LexerToken): NginxDirective {
  const [name, ...args] = words;
  return {
    name: name?.text ?? '',
    args: args.map((word) => word.text),
    line: name?.line ?? last.line,
    endLine: last.line,
  };
}

function unexpected(token: LexerToken): Result<never> {
  return err(`line ${token.line}: unexpected ${token.kind === 'end' ? 'end of file' : token.kind}`);
}
