/**
 * Duty: from a template that is read and checked to pages, none of which is larger than allowed, whatever the template does.
 */
import mustache, { type RenderOptions } from 'mustache';
import { asMarkup } from '../text-safety.ts';
import { parseTemplate, STYLE_TAG, type ParsedTemplate } from './parse-template.ts';
import { LONGEST_WRITTEN, Placeholder } from './request-text.ts';
import { TemplateError } from './template-error.ts';

/** The largest logo and some more. */
const MOST_CHARACTERS = 128 * 1024;

type Escape = (text: string) => string;

export interface CompileOptions {
  /** What the name `style` stands for. */
  readonly style: string;
  /** Makes text harmless where the template puts it, which is markup unless this is given. */
  readonly escape?: Escape | undefined;
  /** `parseTemplate`, or one that remembers what that gave. */
  readonly parse?: ((text: string) => ParsedTemplate) | undefined;
}

export interface CompiledTemplate {
  /** Throws a `TemplateError` when the page becomes too large. */
  readonly render: (view: object) => string;
  /** The text of each style element of the pages, which no request and no status changes. */
  readonly styles: readonly string[];
}

/** Throws a `TemplateError` when the template cannot be used. */
export function compileTemplate(
  text: string,
  { style, escape = asMarkup, parse = parseTemplate }: CompileOptions,
): CompiledTemplate {
  const { styles } = parse(text);
  return {
    render: (view) => {
      const { source, tokens } = parse(text);
      const config = { escape: (value: unknown) => escapeValue(value, escape) };
      const context = new mustache.Context({ ...view, style });
      return new BoundedWriter().renderTokens(tokens as unknown as string[][], context, undefined, source, config);
    },
    styles: styles.map((css) => css.replaceAll(STYLE_TAG, () => style)),
  };
}

type Context = InstanceType<typeof mustache.Context>;

/** Writes one page, and stops when it becomes too large. */
class BoundedWriter extends mustache.Writer {
  #left = MOST_CHARACTERS;

  override rawValue(token: string[]): string {
    return this.#count(super.rawValue(token));
  }

  override unescapedValue(token: string[], context: Context): string {
    return this.#count(super.unescapedValue(token, context));
  }

  override escapedValue(token: string[], context: Context, config?: RenderOptions): string {
    const isOfRequest = context.lookup(token[1] ?? '') instanceof Placeholder;
    return this.#count(super.escapedValue(token, context, config), isOfRequest ? LONGEST_WRITTEN : 0);
  }

  /** mustache gives undefined for what is not there. */
  #count(text: string | undefined, least = 0): string {
    this.#left -= Math.max(text?.length ?? 0, least);
    if (this.#left < 0) {
      throw new TemplateError(`gives a page of more than ${MOST_CHARACTERS / 1024} KiB, the most that is allowed`, 1);
    }
    return text ?? '';
  }
}

/** Sections and lists print nothing when they are used as if they were text. */
function escapeValue(value: unknown, escape: Escape): string {
  if (value instanceof Placeholder) return value.mark;
  return typeof value === 'string' || typeof value === 'number' ? escape(String(value)) : '';
}
