/**
 * Duty: whose text stands in a line. Nothing is counted before somebody asks, since nginx hardly ever objects.
 */
import type { Origin } from '@gatehouse/routing';
import { lexNginx } from '../lexer/lex-nginx.ts';

/** A piece of the file, and who is behind it. */
export interface MappedText {
  readonly text: string;
  /** Of the lines that belong to no location. */
  readonly origin: Origin | undefined;
  /** Of each location of the server in the text, in order. */
  readonly locationOrigins: readonly (Origin | undefined)[];
}

/** Text that nobody asked for. */
export function ofNobody(text: string): MappedText {
  return { text, origin: undefined, locationOrigins: [] };
}

/** Answers for the file made of the texts; lines count from 1. */
export function lineMap(collectTexts: () => readonly MappedText[]): (line: number) => Origin | undefined {
  let known: { readonly texts: readonly MappedText[]; readonly starts: readonly number[] } | undefined;
  return (line) => {
    known ??= withStarts(collectTexts());
    const { texts, starts } = known;
    const index = starts.findLastIndex((start) => start <= line);
    const text = texts[index];
    const start = starts[index];
    return text === undefined || start === undefined ? undefined : originWithin(text, line - start + 1);
  };
}

function withStarts(texts: readonly MappedText[]): {
  readonly texts: typeof texts;
  readonly starts: readonly number[];
} {
  return { texts, starts: startLines(texts) };
}

function startLines(texts: readonly MappedText[]): readonly number[] {
  let line = 1;
  return texts.map(({ text }) => {
    const start = line;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line += 1;
    return start;
  });
}

function originWithin({ text, origin, locationOrigins }: MappedText, line: number): Origin | undefined {
  if (locationOrigins.length === 0) return origin;
  const tree = lexNginx(text);
  if (!tree.ok) throw new Error(`what was rendered cannot be read: ${tree.error}`);
  const locations = (tree.value[0]?.block ?? []).filter((directive) => directive.name === 'location');
  const found = locations.findIndex((location) => location.line <= line && line <= location.endLine);
  return (found < 0 ? undefined : locationOrigins[found]) ?? origin;
}
