import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { parseBrandYaml, type BrandYaml } from './parse-brand-yaml.ts';

function read(text: string): BrandYaml {
  const yaml = parseBrandYaml('brand.yaml', text);
  if (!yaml.ok) throw new Error(JSON.stringify(yaml.error));
  return yaml.value;
}

function refusals(text: string): readonly string[] {
  const yaml = parseBrandYaml('brand.yaml', text);
  if (yaml.ok) throw new Error('it was accepted');
  return yaml.error.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe('the text of brand.yaml', () => {
  it.each([[''], ['# only a comment\n'], ['---\n'], ['\ufeff']])('may be empty, as in %j', (text) => {
    expect(read(text).value).toEqual({});
  });

  it('gives the place of values, of keys, and of what is around something that is not written', () => {
    const { placeOf } = read('name: A\nlinks:\n  - label: x\n    url: y\ncolours: {}\ncontact:\n');
    expect(placeOf(['name'])).toEqual({ line: 1, column: 7 });
    expect(placeOf(['name'], 'key')).toEqual({ line: 1, column: 1 });
    expect(placeOf(['links', 0, 'url'])).toEqual({ line: 4, column: 10 });
    expect(placeOf(['links', 0, 'missing'])).toEqual({ line: 3, column: 5 });
    expect(placeOf(['colours'])).toEqual({ line: 5, column: 1 });
    expect(placeOf(['contact'])).toEqual({ line: 6, column: 1 });
    expect(placeOf([])).toEqual({ line: 1, column: 1 });
  });

  it('reads aliases and merged keys, and says where they lead', () => {
    const { value, placeOf } = read('a: &base { x: 1, y: 2 }\nb: { <<: *base, y: 3 }\nc: *base\n');
    expect(value).toEqual({ a: { x: 1, y: 2 }, b: { x: 1, y: 3 }, c: { x: 1, y: 2 } });
    expect(placeOf(['c', 'y'])).toEqual({ line: 1, column: 21 });
    expect(placeOf(['b', 'x'])).toEqual({ line: 2, column: 1 });
  });

  it.each([
    ['name: a\nname: b\n', /^2:1 .*unique/],
    ['name: [\n', /^2:1 /],
    ['a: 1\n---\nb: 2\n', /^2:1 a second document begins here/],
    ['a: !secret x\n', /^1:4 .*tag/],
    ['a: *nowhere\n', /^1:4 .*(?:alias|anchor)/i],
    ['? [1]\n: 2\n', /^1:3 .*string/i],
  ])('is refused when it is %j', (text, message) => {
    expect(refusals(text)[0]).toMatch(message);
  });

  it('cannot ask for gigabytes by aliases', () => {
    const levels = 'b,c,d,e,f,g,h,i,j'.split(',').map((name, index) => {
      const below = 'abcdefghi'[index]!;
      return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${below}`).join(',')}]\n`;
    });
    expect(refusals(`a: &a [x]\n${levels.join('')}`)).toEqual([expect.stringMatching(/^2:8 .*alias/)]);
  });

  it.each([['['], ['{a: ']])('cannot overflow the stack by %j', (bracket) => {
    expect(refusals(`a: ${bracket.repeat(20_000)}`)[0]).toMatch(/^\d+:\d+ ./);
  });

  it('never throws, and every refusal has a place in the text', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '&x ',
      '*x',
      '<<',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '|',
      '#',
      '?',
      '!',
      '%',
      '\t',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const yaml = parseBrandYaml('brand.yaml', text);
        const lines = text.split('\n').length;
        for (const { line = 0, column = 0 } of yaml.ok ? [] : yaml.error) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines);
          expect(column).toBeGreaterThanOrEqual(1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives each value its place, however it is laid out', () => {
    const key = fc.stringMatching(/^[a-z]{1,6}$/);
    const tree = fc.letrec<{ node: unknown; map: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        fc.stringMatching(/^[a-z]{1,6}$/),
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
        tie('map'),
      ),
      map: fc.dictionary(key, tie('node'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    })).map;
    fc.assert(
      fc.property(tree, fc.constantFrom(2, 3, 8), (value, indent) => {
        const text = stringify(value, { indent });
        const { value: found, placeOf } = read(text);
        expect(found).toEqual(value);
        for (const [path, leaf] of leaves(value)) {
          const { line, column } = placeOf(path);
          expect(text.split('\n')[line - 1]?.slice(column - 1)).toMatch(new RegExp(`^"?${leaf}"?$`));
        }
      }),
    );
  });
});

function leaves(
  value: unknown,
  path: readonly (number | string)[] = [],
): readonly [readonly (number | string)[], string][] {
  if (typeof value === 'string') return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  return Object.entries(value as object).flatMap(([key, item]) => leaves(item, [...path, key]));
}
