/**
 * Duty: a mustache template, read and checked once. A template can use only what a page has, and nothing unescaped but
 * the style; so whatever it is, no text of a request can become markup. Nor can it make much out of little.
 */
import { nearestName } from '@gatehouse/core';
import mustache from 'mustache';
import { TemplateError } from './template-error.ts';

/** What a template may name. */
const NAMES = [
  ...['status', 'title', 'detail', 'language', 'direction', 'policy', 'style', 'brandName', 'logo', 'canRetry'],
  ...['labels', 'labels.reference', 'labels.tryAgain', 'labels.contact', 'labels.links', 'labels.details'],
  ...['reference', 'hasReference', 'details', 'hasDetails', 'label', 'value', 'links', 'hasLinks', 'url', 'hasFooter'],
  ...['contact', 'contact.text', 'contact.links', 'hasContact'],
];

/** Sections inside each other; our own page has three. */
const MOST_DEPTH = 8;

/** A style element, with its text. */
const STYLE_ELEMENT = /<style\b[^>]*>([^]*?)<\/style\s*>/gi;
/** Where a template puts the style. */
export const STYLE_TAG = /\{\{\{\s*style\s*\}\}\}|\{\{\s*&\s*style\s*\}\}/g;

/** A token of mustache: kind, text or name, place, and for sections the tokens inside. */
type Token = readonly [kind: string, text: string, start: number, end: number, inside?: unknown];

export interface ParsedTemplate {
  /** The text as browsers read it: the hashes of styles are taken of that. */
  readonly source: string;
  readonly tokens: readonly Token[];
  /** The text of each style element, with its `STYLE_TAG`s. */
  readonly styles: readonly string[];
}

/** Throws a `TemplateError` when the template cannot be used. */
export function parseTemplate(text: string): ParsedTemplate {
  const source = text.replaceAll(/\r\n?/g, '\n');
  const tokens = parse(source);
  checkTokens(tokens, { source, around: [] });
  const styles = [...source.matchAll(STYLE_ELEMENT)].map(({ 1: inside = '', index }) => {
    if (inside.replaceAll(STYLE_TAG, '').includes('{{')) {
      throw new TemplateError('has a style that varies', lineAt(source, index));
    }
    return inside;
  });
  return { source, tokens, styles };
}

function parse(source: string): readonly Token[] {
  // A writer of its own, since its cache of templates must not outlive the brand.
  const writer = new mustache.Writer();
  try {
    return writer.parse(source) as readonly Token[];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, place] = / at (\d+)$/.exec(message) ?? [];
    throw new TemplateError(`is not mustache: ${message}`, lineAt(source, Number(place ?? 0)));
  }
}

interface Place {
  readonly source: string;
  /** Names of the sections around it. */
  readonly around: readonly string[];
}

function checkTokens(tokens: readonly Token[], { source, around }: Place): void {
  for (const token of tokens) {
    const [kind, name, start, , inside] = token;
    if (kind === 'text' || kind === '!') continue;
    const isSection = Array.isArray(inside);
    const fault =
      faultOf(kind, name) ??
      (isSection ? nestingFault(name, around) : undefined) ??
      (isUnquoted(source, start) ? `has "${name}" without quotes around it` : undefined);
    if (fault !== undefined) throw new TemplateError(fault, lineAt(source, start));
    if (isSection) checkTokens(inside as readonly Token[], { source, around: [...around, name] });
  }
}

function faultOf(kind: string, name: string): string | undefined {
  if (kind === '=') return 'changes the delimiters';
  if (kind === '>') return `includes "${name}", and there are no partials`;
  if (kind === '&' && name !== 'style') return `inserts "${name}" unescaped: use {{${name}}}`;
  if (NAMES.includes(name)) return undefined;
  const near = nearestName(name, NAMES);
  return `names "${name}", which no page has${near === undefined ? '' : `; did you mean "${near}"?`}`;
}

/** A list in itself multiplies with each level, so that a short template could take hours. */
function nestingFault(name: string, around: readonly string[]): string | undefined {
  if (around.includes(name)) return `has "${name}" inside of "${name}"`;
  return around.length >= MOST_DEPTH ? `has more than ${MOST_DEPTH} sections inside each other` : undefined;
}

/** Whether what stands there is the value of an attribute without quotes, which a space would end. */
function isUnquoted(source: string, at: number): boolean {
  const before = source.slice(0, at);
  return before.lastIndexOf('<') > before.lastIndexOf('>') && /=\s*$/.test(before);
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split('\n').length;
}
