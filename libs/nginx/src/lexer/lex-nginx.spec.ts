import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lexNginx, type NginxTree } from './lex-nginx.ts';

function lexed(text: string): NginxTree {
  const tree = lexNginx(text);
  if (!tree.ok) throw new Error(tree.error);
  return tree.value;
}

describe('lexNginx', () => {
  it.each([
    ['plain words', 'listen 80 ssl;', ['80', 'ssl']],
    ['double quotes with escapes', String.raw`return "a\"b\\c\'d\te";`, ['a"b\\c\'d\te']],
    ['single quotes', String.raw`return 'a"b\'c';`, [`a"b'c`]],
    ['a backslash before any other character, which stays', String.raw`return "^/\d+\.x";`, ['^/\\d+\\.x']],
    ['a quote within a word, which is no quote', 'return a"b;', ['a"b']],
    ['a number sign within a word, which begins no comment', 'return a#b;', ['a#b']],
    ['a comment', 'return # all; of { this\n x;', ['x']],
    ['a variable in braces', 'return ${a}b;', ['${a}b']],
    ['braces, semicolons and number signs in quotes', 'return "{;#}" \'}\';', ['{;#}', '}']],
    ['a closing brace within a word', 'return a}b;', ['a}b']],
    ['an escaped blank within a word', 'return a\\ b c;', ['a\\ b', 'c']],
    ['an empty string', 'return "";', ['']],
  ])('reads %s', (_what, text, args) => {
    expect(lexed(text).map((directive) => directive.args)).toEqual([args]);
  });

  it('reads nested blocks with their lines', () => {
    const [http] = lexed('http {\n  server {\n    listen 80;\n  }\n\n  types { }\n}\n');
    expect(http).toEqual({
      name: 'http',
      args: [],
      line: 1,
      endLine: 7,
      block: [
        {
          name: 'server',
          args: [],
          line: 2,
          endLine: 4,
          block: [{ name: 'listen', args: ['80'], line: 3, endLine: 3 }],
        },
        { name: 'types', args: [], line: 6, endLine: 6, block: [] },
      ],
    });
  });

  it('opens a block after an escaped dollar sign', () => {
    expect(lexed('if \\${ }')[0]).toMatchObject({ name: 'if', args: ['\\$'], block: [] });
  });

  it.each([
    ['a block that does not end', 'http {\n', 'line 2: unexpected end of file'],
    ['a directive that does not end', 'listen 80', 'line 1: unexpected end of file'],
    ['a brace too many', 'a;\n}', 'line 2: unexpected }'],
    ['a semicolon alone', ';', 'line 1: unexpected ;'],
    ['a block without a name', '{ }', 'line 1: unexpected {'],
    ['a string that does not end', 'a\n"b', 'line 2: the string does not end'],
    ['text right after a string', 'a "b"c;', 'line 1: unexpected "c" after a string'],
  ])('refuses %s', (_what, text, error) => {
    expect(lexNginx(text)).toEqual({ ok: false, error });
  });

  it('never throws and never hangs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...Array.from('a"\'\\${};# \n'))).map((parts) => parts.join('')),
        (text) => void lexNginx(text),
      ),
    );
  });
});
