import { describe, expect, it } from '@jest/globals';
import { compileTemplate, TemplateError } from './compile-template.ts';

function refusalOf(template: string): unknown {
  try {
    compileTemplate(template, '');
    return undefined;
  } catch (error) {
    return error instanceof TemplateError ? `${error.line}: ${error.message}` : error;
  }
}

describe('a template', () => {
  it('is rendered with escaped text and the style as it is', () => {
    const { render } = compileTemplate('<style>{{{style}}}</style>{{#hasLinks}}<b>{{title}}</b>{{/hasLinks}}', 'a>b{}');
    expect(render({ hasLinks: true, title: '<i>' })).toBe('<style>a>b{}</style><b>&lt;i&gt;</b>');
    expect(render({ hasLinks: false })).toBe('<style>a>b{}</style>');
  });

  it('prints nothing for what is no text', () => {
    expect(compileTemplate('{{details}}{{canRetry}}', '').render({ details: [1], canRetry: true })).toBe('');
  });

  it('tells the text of its styles as a browser reads it', () => {
    const template =
      '<style>{{{style}}}</style>\r\n<STYLE media=print>\r\nb{}\r\n</STYLE ><style>{{& style }}c{}</style>';
    expect(compileTemplate(template, 'a{}$&').styles).toEqual(['a{}$&', '\nb{}\n', 'a{}$&c{}']);
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
    ['\n{{#hasLinks}}', '2: is not mustache: Unclosed section "hasLinks" at 14'],
    ['\n{{title', '2: is not mustache: Unclosed tag at 8'],
  ])('cannot be %j', (template, message) => {
    expect(refusalOf(template)).toBe(message);
  });

  it('may use = in its text', () => {
    expect(refusalOf('<p class="a">code={{status}}</p>')).toBeUndefined();
  });
});
