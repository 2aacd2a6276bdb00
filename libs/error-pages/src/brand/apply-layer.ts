/**
 * Duty: what a layer of brand.yaml (the whole brand, a host, a namespace) makes of the brand below it. Pure.
 */
import type { BrandLayer } from './brand-schema.ts';
import type { Brand } from './brand.ts';

/** What the files lead to that the layer names; undefined for those that it does not name. */
export interface LayerAssets {
  readonly logo: string | undefined;
  readonly templates: Brand['templates'];
}

/** Maps are merged key by key, lists and all else take the place of what was there. */
export function applyLayer(parent: Brand, layer: BrandLayer, assets: LayerAssets): Brand {
  const { light, dark } = parent.colours;
  return {
    ...parent,
    name: layer.name ?? parent.name,
    logo: layer.logo === 'none' ? undefined : (assets.logo ?? parent.logo),
    design: layer.design ?? parent.design,
    colours: { light: merge(light, layer.colours?.light), dark: merge(dark, layer.colours?.dark) },
    links: layer.links ?? parent.links,
    contact: merge(parent.contact, layer.contact),
    texts: mergeTexts(parent.texts, layer.texts ?? {}),
    retryAfter: merge(parent.retryAfter, layer.retryAfter),
    templates: merge(parent.templates, assets.templates),
  };
}

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** `below` with what is defined in `above`. */
function merge<T extends object>(below: T, above: Loose<T> | undefined): T {
  const defined = Object.entries(above ?? {}).filter(([, value]) => value !== undefined);
  return { ...below, ...Object.fromEntries(defined) };
}

type Words = { readonly title?: string | undefined; readonly detail?: string | undefined };

function mergeTexts(below: Brand['texts'], above: NonNullable<BrandLayer['texts']>): Brand['texts'] {
  const languages = Object.entries(above).map(([language, words = {}]) => {
    const { statuses = {}, reasons = {} } = below[language as keyof Brand['texts']] ?? {};
    const own = Object.entries(words);
    const isStatus = ([selector]: readonly [string, Words]): boolean => /^[45]/.test(selector);
    const merged = {
      statuses: mergeWords(statuses, own.filter(isStatus)),
      reasons: mergeWords(
        reasons,
        own.filter((entry) => !isStatus(entry)),
      ),
    };
    return [language, merged] as const;
  });
  return { ...below, ...Object.fromEntries(languages) };
}

function mergeWords(
  below: Readonly<Record<string, Words | undefined>>,
  above: readonly (readonly [string, Words])[],
): Record<string, Words> {
  const merged: Record<string, Words> = Object.fromEntries(
    Object.entries(below).map(([key, words = {}]) => [key, words]),
  );
  for (const [selector, words] of above) merged[selector] = merge(merged[selector] ?? {}, words);
  return merged;
}
