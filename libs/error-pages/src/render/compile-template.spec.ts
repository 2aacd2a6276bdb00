import { describe, expect, it } from '@jest/globals';
import { compileTemplate } from './compile-template.ts';
import { Placeholder } from './request-text.ts';
import { TemplateError } from './template-error.ts';

/** So many sections inside each other, with eight names first. */
function nested(depth: number): string {
  const names = ['canRetry', 'hasLinks', 'hasDetails', 'hasFooter', 'hasContact', 'hasReference', 'labels', 'contact'];
  const all = Array.from({ length: depth }, (_, index) => names[index] ?? 'logo');
  return `${all.map((name) => `{{#${name}}}`).join('')}${all
    .reverse()
    .map((name) => `{{/${name}}}`)
    .join('')}`;
}

function refusalOf(template: string): unknown {
  try {
    compileTemplate(template, { style: '' });
    return undefined;
  } catch (error) {
    return error instanceof TemplateError ? `${error.line}: ${error.message}` : error;
  }
}

describe('a template', () => {
  it('is rendered with escaped text and the style as it is', () => {
    const { render } = compileTemplate('<style>{{{style}}}</style>{{#hasLinks}}<b>{{title}}</b>{{/hasLinks}}', {
      style: 'a>b{}',
    });
    expect(render({ hasLinks: true, title: '<i>' })).toBe('<style>a>b{}</style><b>&lt;i&gt;</b>');
    expect(render({ hasLinks: false })).toBe('<style>a>b{}</style>');
  });

  it('prints nothing for what is no text', () => {
    expect(compileTemplate('{{details}}{{canRetry}}', { style: '' }).render({ details: [1], canRetry: true })).toBe('');
  });

  it('tells the text of its styles as a browser reads it', () => {
    const template =
      '<style>{{{style}}}</style>\r\n<STYLE media=print>\r\nb{}\r\n</STYLE ><style>{{& style }}c{}</style>';
    expect(compileTemplate(template, { style: 'a{}$&' }).styles).toEqual(['a{}$&', '\nb{}\n', 'a{}$&c{}']);
  });

  it.each([
    ['<p>\n{{{title}}}', '2: inserts "title" unescaped: use {{title}}'],
    ['\n\n{{#hasLinks}}\n{{&url}}{{/hasLinks}}', '4: inserts "url" unescaped: use {{url}}'],
    ['{{> other}}', '1: includes "other", and there are no partials'],
    ['{{=<% %>=}}', '1: changes the delimiters'],
    ['{{titel}}', '1: names "titel", which no page has; did you mean "title"?'],
    ['{{#constructor}}{{/constructor}}', '1: names "constructor", which no page has'],
    ['a\n<p title={{title}}>', '2: has "title" without quotes around it'],
    ['\n<style>a{color:{{title}}}</style>', '2: has a style that varies'],
    ['\n<style>{{#hasLinks}}a{}{{/hasLinks}}</style>', '2: has a style that varies'],
    ['\n{{#links}}{{#hasLinks}}\n{{#links}}{{/links}}{{/hasLinks}}{{/links}}', '3: has "links" inside of "links"'],
    ['{{#links}}{{^links}}{{/links}}{{/links}}', '1: has "links" inside of "links"'],
    [`\n${nested(9)}`, '2: has more than 8 sections inside each other'],
    [nested(2_900), '1: has more than 8 sections inside each other'],
    ['\n{{#hasLinks}}', '2: is not mustache: Unclosed section "hasLinks" at 14'],
    ['\n{{title', '2: is not mustache: Unclosed tag at 8'],
  ])('cannot be %j', (template, message) => {
    expect(refusalOf(template)).toBe(message);
  });

  it('may use = in its text', () => {
    expect(refusalOf('<p class="a">code={{status}}</p>')).toBeUndefined();
  });

  it('may have eight sections inside each other', () => {
    expect(refusalOf(nested(8))).toBeUndefined();
  });

  it.each([
    ['lists in lists', `{{#links}}{{#details}}${'x'.repeat(1_000)}{{/details}}{{/links}}`],
    ['long texts', '{{title}}'.repeat(300)],
    ['texts of a request, which can be long', '{{reference}}'.repeat(100)],
    ['styles', '{{{style}}}'.repeat(300)],
  ])('gives no page that is larger than allowed, by %s', (_what, template) => {
    const list = Array.from({ length: 20 }, () => ({}));
    const view = { links: list, details: list, title: 'x'.repeat(600), reference: new Placeholder('reference') };
    const { render } = compileTemplate(template, { style: 'x'.repeat(600) });
    expect(() => render(view)).toThrow('gives a page of more than 128 KiB, the most that is allowed');
  });
});
