import { describe, expect, it } from '@jest/globals';
import { keyword } from '../tokens/constructors.ts';
import { compileTemplate } from './strict-template.ts';

const render = (text: string, view: unknown, partials = {}): string => compileTemplate(text, partials)(view);
const a = keyword('a');
const b = keyword('b');

describe('compileTemplate', () => {
  it.each<[string, string, unknown, string]>([
    ['tokens', 'x {{t}};', { t: a }, 'x a;'],
    ['a section for true, with the same view', '{{#on}}{{t}}{{/on}}', { on: true, t: a }, 'a'],
    ['nothing for false', '{{#on}}{{t}}{{/on}}', { on: false }, ''],
    ['nothing for a field that is undefined', '{{#sub}}{{t}}{{/sub}}', { sub: undefined }, ''],
    ['a section for an object, with it as the view', '{{#sub}}{{t}}{{/sub}}', { sub: { t: b }, t: a }, 'b'],
    ['a token as a view', '{{#t}}x {{.}};{{/t}}', { t: a }, 'x a;'],
    ['lists', '{{#ts}} {{.}}{{/ts}}', { ts: [a, b] }, ' a b'],
    ['an empty list', '{{#ts}}x{{/ts}}{{^ts}}none{{/ts}}', { ts: [] }, 'none'],
    ['the inverse of false', '{{^on}}off{{/on}}', { on: false }, 'off'],
    ['lines of sections without blank lines', '{{#on}}\nx;\n{{/on}}\ny;\n', { on: true }, 'x;\ny;\n'],
    ['comments of the template as nothing', 'x{{! why }}y', {}, 'xy'],
  ])('prints %s', (_what, text, view, printed) => {
    expect(render(text, view)).toBe(printed);
  });

  it('indents partials like their tag, in partials of partials too', () => {
    const partials = { outer: '{{#on}}\no;\n{{> inner}}\n{{/on}}\n', inner: 'i {{t}};\n\nj;\n' };
    expect(render('{\n  {{> outer}}\n}\n', { on: true, t: a }, partials)).toBe('{\n  o;\n  i a;\n\n  j;\n}\n');
  });

  it.each<[string, string, unknown]>([
    ['a missing name', '{{t}}', {}],
    ['a name of the parent view', '{{#sub}}{{t}}{{/sub}}', { sub: {}, t: a }],
    ['a missing section', '{{#sub}}x{{/sub}}', {}],
    ['a missing inverted section', '{{^sub}}x{{/sub}}', {}],
    ['an inherited name', '{{toString}}', {}],
    ['a string', '{{t}}', { t: 'a' }],
    ['a number', '{{t}}', { t: 1 }],
    ['a string as a section', '{{#t}}x{{/t}}', { t: 'a' }],
    ['a string in a list', '{{#t}}{{.}}{{/t}}', { t: ['a'] }],
  ])('throws on %s', (_what, text, view) => {
    expect(() => render(text, view)).toThrow();
  });

  it.each([
    ['three braces', '{{{t}}}'],
    ['an ampersand', '{{&t}}'],
    ['other delimiters', '{{=<% %>=}}'],
    ['an unknown partial', '{{> t}}'],
  ])('does not even compile %s', (_what, text) => {
    expect(() => compileTemplate(text)).toThrow();
  });
});
