/**
 * Duty: a mustache template, read and checked once. A template can use only what a page has, and nothing unescaped but
 * the style; so whatever it is, no text of a request can become markup.
 */
import { nearestName } from '@gatehouse/core';
import mustache from 'mustache';
import { asMarkup } from '../text-safety.ts';
import { Placeholder } from './request-text.ts';

/** What a template may name. */
const NAMES = [
  ...['status', 'title', 'detail', 'language', 'direction', 'policy', 'style', 'brandName', 'logo', 'canRetry'],
  ...['labels', 'labels.reference', 'labels.tryAgain', 'labels.contact', 'labels.links', 'labels.details'],
  ...['reference', 'hasReference', 'details', 'hasDetails', 'label', 'value', 'links', 'hasLinks', 'url', 'hasFooter'],
  ...['contact', 'contact.text', 'contact.links', 'hasContact'],
];

/** A template that cannot be used. The message completes "The template …"; `line` counts from 1. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** A style element, with its text. */
const STYLE_ELEMENT = /<style\b[^>]*>([^]*?)<\/style\s*>/gi;
const STYLE_TAG = /\{\{\{\s*style\s*\}\}\}|\{\{\s*&\s*style\s*\}\}/g;

type Escape = (text: string) => string;

export interface CompiledTemplate {
  readonly render: (view: object) => string;
  /** The text of each style element of the pages, which no request and no status changes. */
  readonly styles: readonly string[];
}

/**
 * `style` is what the name of that stands for; `escape` makes text harmless where the template puts it, which is markup
 * unless it is given. Throws a `TemplateError` when the template cannot be used.
 */
export function compileTemplate(text: string, style: string, escape: Escape = asMarkup): CompiledTemplate {
  // As browsers read it: the hashes of styles are taken of that.
  const source = text.replaceAll(/\r\n?/g, '\n');
  // A writer of its own, since its cache of templates must not outlive the brand.
  const writer = new mustache.Writer();
  checkTokens(parse(writer, source), source);
  return {
    render: (view) =>
      writer.render(source, { ...view, style }, undefined, { escape: (value: unknown) => escapeValue(value, escape) }),
    styles: [...source.matchAll(STYLE_ELEMENT)].map(({ 1: inside = '', index }) => {
      const css = inside.replaceAll(STYLE_TAG, '');
      if (css.includes('{{')) throw new TemplateError('has a style that varies', lineAt(source, index));
      return inside.replaceAll(STYLE_TAG, () => style);
    }),
  };
}

/** A token of mustache: kind, text or name, place, and for sections the tokens inside. */
type Token = readonly [kind: string, text: string, start: number, end: number, inside?: unknown];

function parse(writer: InstanceType<typeof mustache.Writer>, source: string): readonly Token[] {
  try {
    return writer.parse(source) as readonly Token[];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, place] = / at (\d+)$/.exec(message) ?? [];
    throw new TemplateError(`is not mustache: ${message}`, lineAt(source, Number(place ?? 0)));
  }
}

function checkTokens(tokens: readonly Token[], source: string): void {
  for (const token of tokens) {
    const [kind, name, start, , inside] = token;
    if (kind === 'text' || kind === '!') continue;
    const fault = faultOf(kind, name) ?? (isUnquoted(source, start) ? `has "${name}" without quotes around it` : '');
    if (fault !== '') throw new TemplateError(fault, lineAt(source, start));
    if (Array.isArray(inside)) checkTokens(inside as readonly Token[], source);
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

/** Whether what stands there is the value of an attribute without quotes, which a space would end. */
function isUnquoted(source: string, at: number): boolean {
  const before = source.slice(0, at);
  return before.lastIndexOf('<') > before.lastIndexOf('>') && /=\s*$/.test(before);
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split('\n').length;
}

/** Sections and lists print nothing when they are used as if they were text. */
function escapeValue(value: unknown, escape: Escape): string {
  if (value instanceof Placeholder) return value.mark;
  return typeof value === 'string' || typeof value === 'number' ? escape(String(value)) : '';
}
