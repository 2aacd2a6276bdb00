import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyLayer, type LayerAssets } from './apply-layer.ts';
import type { BrandLayer } from './brand-schema.ts';
import type { Brand } from './brand.ts';
import { defaultBrand } from './default-brand.ts';

const nothing: LayerAssets = { logo: undefined, templates: {} };

const word = fc.constantFrom('a', 'b', 'c');
const partial = (...keys: readonly string[]) =>
  fc.record<Record<string, string>>(Object.fromEntries(keys.map((key) => [key, word])), { requiredKeys: [] });
const words = fc.dictionary(
  fc.constantFrom('404', '503', '4xx', '5xx', 'no-host', 'denied'),
  partial('title', 'detail'),
  {
    noNullPrototype: true,
  },
);
const layer: fc.Arbitrary<BrandLayer> = fc.record(
  {
    name: word,
    logo: fc.constant('none'),
    colours: fc.record({ light: partial('text', 'accent'), dark: partial('text', 'line') }, { requiredKeys: [] }),
    links: fc.array(fc.record({ label: word, url: word }), { maxLength: 2 }),
    contact: partial('email', 'text'),
    texts: fc.record({ en: words, ar: words }, { requiredKeys: [] }),
    retryAfter: fc.dictionary(fc.constantFrom('429', '503'), fc.nat(), { noNullPrototype: true }),
  },
  { requiredKeys: [] },
);
const onto = (parent: Brand, ...layers: readonly BrandLayer[]): Brand =>
  layers.reduce((brand, each) => applyLayer(brand, each, nothing), parent);

/** All texts and numbers of a brand by the way to them; lists count as one. */
function leaves(value: unknown, path = ''): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map([[path, value]]);
  return new Map(Object.entries(value).flatMap(([key, inside]) => [...leaves(inside, `${path}/${key}`)]));
}

/** The leaves of a layer, called as in a brand. */
function leavesOfLayer({ texts = {}, logo: _logo, ...rest }: BrandLayer): ReadonlyMap<string, unknown> {
  const inTexts = [...leaves(texts, '/texts')].map(([path, value]) => {
    const [, , language, selector = '', part] = path.split('/');
    if (part === undefined) return undefined;
    return [
      `/texts/${language}/${/^[45]/.test(selector) ? 'statuses' : 'reasons'}/${selector}/${part}`,
      value,
    ] as const;
  });
  return new Map([...leaves(rest), ...inTexts.filter((entry) => entry !== undefined)]);
}

describe('a layer of a brand', () => {
  it('that says nothing changes nothing', () => {
    fc.assert(
      fc.property(layer, (below) => {
        const brand = onto(defaultBrand, below);
        expect(onto(brand, {})).toEqual(brand);
      }),
    );
  });

  it('decides what it says, and leaves all else as it was', () => {
    fc.assert(
      fc.property(layer, layer, (below, above) => {
        const parent = onto(defaultBrand, below);
        const found = leaves(onto(parent, above));
        const said = leavesOfLayer(above);
        for (const [path, value] of said) if (path !== '') expect([path, found.get(path)]).toEqual([path, value]);
        for (const [path, value] of leaves(parent))
          if (!said.has(path) && path !== '/logo') expect([path, found.get(path)]).toEqual([path, value]);
        for (const path of found.keys())
          expect(said.has(path) || leaves(parent).has(path) || path === '/logo').toBe(true);
      }),
    );
  });

  it('says the same when it is said twice', () => {
    fc.assert(
      fc.property(layer, layer, (below, above) => {
        expect(onto(defaultBrand, below, above, above)).toEqual(onto(defaultBrand, below, above));
      }),
    );
  });
});
