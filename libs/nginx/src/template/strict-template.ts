/**
 * Duty: mustache templates, compiled once and read strictly. A name that the view does not have throws, no name is ever
 * looked for in a parent view, only tokens are printed, and nothing prints unescaped. Knows nothing of nginx' words.
 */
import Mustache from 'mustache';
import { NginxToken } from '../tokens/token.ts';

/** Text of the view; the view's type says which names the template may use. */
export type Template<View> = (view: View) => string;

type Step = (view: unknown) => string;
type Partials = Readonly<Record<string, string>>;

/** What mustache's parser makes of a tag or a piece of text. */
export type ParsedTag = readonly [kind: string, value: string, start: number, end: number, ...more: unknown[]];

/** mustache's own parse tree of a template. */
export function parseTemplate(text: string): readonly ParsedTag[] {
  return Mustache.parse(text);
}

/**
 * Compiles `text`. Sections: a boolean shows or hides and keeps the view; undefined hides; an object or token becomes
 * the view; an array repeats. `{{.}}` is the view itself. Partials take the indentation of their tag.
 */
export function compileTemplate<View>(text: string, partials: Partials = {}): Template<View> {
  return compileTags(parseTemplate(text), partials);
}

function compileTags(tags: readonly ParsedTag[], partials: Partials): Step {
  const steps = tags.map((tag) => compileTag(tag, partials));
  return (view) => {
    let text = '';
    for (const step of steps) text += step(view);
    return text;
  };
}

function compileTag(tag: ParsedTag, partials: Partials): Step {
  const [kind, value] = tag;
  switch (kind) {
    case 'text':
      return () => value;
    case 'name':
      return (view) => NginxToken.print(lookUp(view, value));
    case '#':
      return compileSection(value, compileTags(tag[4] as readonly ParsedTag[], partials));
    case '^':
      return compileInverted(value, compileTags(tag[4] as readonly ParsedTag[], partials));
    case '>':
      return compilePartial(tag, partials);
    case '!':
      return () => '';
    default:
      throw new Error(`a template may not hold {{${kind} ${value}}}`);
  }
}

function compileSection(name: string, inner: Step): Step {
  return (view) => {
    const value = lookUp(view, name);
    if (value === undefined || value === false) return '';
    if (value === true) return inner(view);
    if (!Array.isArray(value)) return inner(objectView(value, name));
    let text = '';
    for (const item of value) text += inner(objectView(item, name));
    return text;
  };
}

function compileInverted(name: string, inner: Step): Step {
  return (view) => {
    const value = lookUp(view, name);
    const isEmpty = value === undefined || value === false || (Array.isArray(value) && value.length === 0);
    if (isEmpty) return inner(view);
    return '';
  };
}

function compilePartial(tag: ParsedTag, partials: Partials): Step {
  const [, name, , , indentation] = tag;
  const text = partials[name];
  if (text === undefined) throw new Error(`there is no partial template ${name}`);
  return compileTags(parseTemplate(text.replace(/^(?=.)/gm, String(indentation))), partials);
}

function lookUp(view: unknown, name: string): unknown {
  if (name === '.') return view;
  if (typeof view !== 'object' || view === null || !Object.hasOwn(view, name)) {
    throw new Error(`the view has no ${name}`);
  }
  return (view as Readonly<Record<string, unknown>>)[name];
}

function objectView(value: unknown, name: string): object {
  if (typeof value !== 'object' || value === null) throw new Error(`the section ${name} is neither boolean nor view`);
  return value;
}
