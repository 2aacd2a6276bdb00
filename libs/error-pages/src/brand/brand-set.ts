/**
 * Duty: which brand a request gets, where hosts and namespaces have brands of their own.
 */
import { createPageCaches, prepareBrand, type PageCaches, type PreparedBrand } from '../prepare-brand.ts';
import type { Brand } from './brand.ts';

/** The brand and what stands in its place; the overrides are whole brands already. */
export interface BrandSet {
  readonly base: Brand;
  /** By host in lower case: `shop.example.com`, or `*.example.com` for every name below it. */
  readonly hosts: ReadonlyMap<string, Brand>;
  readonly namespaces: ReadonlyMap<string, Brand>;
}

/** What decides about the brand of a request, as the proxy hands it on; may be hostile. */
interface BrandWishes {
  /** The host that was asked for, with or without a port. */
  readonly host?: string | undefined;
  /** The namespace of the Ingress that the request met. */
  readonly namespace?: string | undefined;
}

export interface PreparedBrands {
  readonly base: PreparedBrand;
  readonly hosts: ReadonlyMap<string, PreparedBrand>;
  readonly namespaces: ReadonlyMap<string, PreparedBrand>;
  /** The exact host's brand, else that of the longest suffix, else the namespace's, else the base. */
  readonly select: (wishes: BrandWishes) => PreparedBrand;
}

/** Throws when one of the brands cannot be prepared. */
export function prepareBrands({ base, hosts, namespaces }: BrandSet): PreparedBrands {
  const caches = createPageCaches();
  const preparedBase = prepareBrand(base, caches);
  const byHost = prepareEach(hosts, caches);
  const byNamespace = prepareEach(namespaces, caches);
  const select = ({ host, namespace }: BrandWishes): PreparedBrand => {
    const ofHost = byHost.size === 0 || host === undefined ? undefined : findHost(byHost, host);
    return ofHost ?? byNamespace.get(namespace ?? '') ?? preparedBase;
  };
  return { base: preparedBase, hosts: byHost, namespaces: byNamespace, select };
}

/** A set of one brand for everybody. */
export function brandForAll(base: Brand): BrandSet {
  return { base, hosts: new Map(), namespaces: new Map() };
}

function prepareEach(brands: ReadonlyMap<string, Brand>, caches: PageCaches): ReadonlyMap<string, PreparedBrand> {
  return new Map(Array.from(brands, ([key, brand]) => [key, prepareBrand(brand, caches)]));
}

/** Longest name that can be in DNS, with a port behind it. A longer one is no host of ours. */
const longestHost = 253 + ':65535'.length;

function findHost(brands: ReadonlyMap<string, PreparedBrand>, found: string): PreparedBrand | undefined {
  if (found.length > longestHost) return undefined;
  const host = found.toLowerCase().replace(/\.?(?::[0-9]*)?$/, '');
  const exact = brands.get(host);
  for (let dot = host.indexOf('.'); exact === undefined && dot !== -1; dot = host.indexOf('.', dot + 1)) {
    const suffix = brands.get(`*${host.slice(dot)}`);
    if (suffix !== undefined) return suffix;
  }
  return exact;
}
