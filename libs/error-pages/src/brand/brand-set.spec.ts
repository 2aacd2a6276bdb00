import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { prepareBrands } from './brand-set.ts';
import { defaultBrand } from './default-brand.ts';

const named = (name: string) => ({ ...defaultBrand, name });
const each = (keys: readonly string[]) => new Map(keys.map((key) => [key, named(key)]));

describe('the brand of a request', () => {
  const brands = prepareBrands({
    base: named('base'),
    hosts: each(['example.com', 'a.example.com', '*.example.com', '*.b.example.com']),
    namespaces: each(['team']),
  });
  const nameFor = (host?: string, namespace?: string): string => brands.select({ host, namespace }).brand.name;

  it.each([
    ['example.com', 'example.com'],
    ['EXAMPLE.com:8443', 'example.com'],
    ['example.com.', 'example.com'],
    ['a.example.com', 'a.example.com'],
    ['c.example.com', '*.example.com'],
    ['x.b.example.com', '*.b.example.com'],
    ['b.example.com', '*.example.com'],
    ['notexample.com', 'base'],
    ['.example.com', '*.example.com'],
    ['[::1]:80', 'base'],
    ['*.example.com', '*.example.com'],
    ['', 'base'],
    [undefined, 'base'],
    ['__proto__', 'base'],
  ])('on the host %s is that of %s', (host, name) => {
    expect(nameFor(host)).toBe(name);
  });

  it('is that of the host before that of the namespace', () => {
    expect(nameFor('a.example.com', 'team')).toBe('a.example.com');
    expect(nameFor('other.test', 'team')).toBe('team');
    expect(nameFor('other.test', 'none')).toBe('base');
  });

  it('is that of the longest suffix, as a plain search finds it', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
    const key = fc.oneof(
      host,
      host.map((name) => `*.${name}`),
    );
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 6 }), host, (keys, asked) => {
        const { select } = prepareBrands({ base: named('base'), hosts: each(keys), namespaces: new Map() });
        const suffixes = keys.filter((found) => found.startsWith('*.') && asked.endsWith(found.slice(1)));
        const longest = suffixes.sort((x, y) => y.length - x.length)[0];
        expect(select({ host: asked }).brand.name).toBe(keys.includes(asked) ? asked : (longest ?? 'base'));
      }),
    );
  });

  it('is found whatever a client sends as its host', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.stringMatching(/^[.:]{0,2000}$/)),
        (host) => {
          expect(nameFor(host)).toMatch(/./);
        },
      ),
    );
  });
});
