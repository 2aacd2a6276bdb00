/**
 * Duty: which locations nginx needs so that the routes of a host match as the model says, and in which order.
 *
 * nginx looks for an exact location first, then takes the first regular expression that matches, then the longest
 * prefix. So a host with regular expressions has its prefixes written as such, too, and the longest path comes first.
 * Paths that nginx cannot keep whole in its tree of locations become regular expressions as well.
 */
import { compareText } from '@gatehouse/core';
import type { Fallback, HostModel, Route } from '@gatehouse/routing';
import type { LocationView } from '../templates/server.ts';
import { path } from '../tokens/constructors.ts';
import { anchoredRegex, exactRegex, prefixRegex } from '../tokens/regex.ts';
import type { NginxToken } from '../tokens/token.ts';

/** Who answers in a location. */
export type Answerer =
  | { readonly kind: 'appRoot'; readonly appRoot: NonNullable<HostModel['appRoot']> }
  | { readonly kind: 'fallback'; readonly fallback: Fallback }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'route'; readonly route: Route };

export interface LocationPlan {
  readonly matcher: Pick<LocationView, 'isExact' | 'isRegex' | 'isRegexIgnoringCase' | 'path'>;
  readonly answerer: Answerer;
}

/** The locations of a host, in the order of the file. A route whose path nginx cannot take goes to `refuse`. */
export function planLocations(
  host: HostModel,
  refuse: (route: Route, error: unknown) => void,
): readonly LocationPlan[] {
  const { appRoot, fallback, routes } = host;
  const shape: HostShape = {
    hasRegex: routes.some((route) => route.match === 'regex'),
    hasAppRoot: appRoot !== undefined,
    exactPaths: new Set(routes.filter((route) => route.match === 'exact').map((route) => route.path)),
  };
  const planned = sortRegexesLast(routes, shape).flatMap((route) => {
    try {
      const answerer = { kind: 'route', route } as const;
      return matchersOf(route, shape).map((matcher): LocationPlan => ({ matcher, answerer }));
    } catch (error) {
      refuse(route, error);
      return [];
    }
  });
  const root: LocationPlan[] =
    appRoot === undefined ? [] : [{ matcher: exact(path('/')), answerer: { kind: 'appRoot', appRoot } }];
  if (routes.some((route) => route.match === 'prefix' && route.path === '/')) return [...root, ...planned];
  const rest: Answerer = fallback === undefined ? { kind: 'notFound' } : { kind: 'fallback', fallback };
  return [...root, ...planned, { matcher: prefix(path('/')), answerer: rest }];
}

interface HostShape {
  readonly hasRegex: boolean;
  readonly hasAppRoot: boolean;
  readonly exactPaths: ReadonlySet<string>;
}

function sortRegexesLast(routes: readonly Route[], shape: HostShape): readonly Route[] {
  const isStatic = (route: Route): boolean => !becomesRegex(route, shape);
  if (routes.every(isStatic)) return routes;
  const regexes = routes.filter((route) => !isStatic(route)).sort(compareRegexes);
  return [...routes.filter(isStatic), ...regexes];
}

function becomesRegex(route: Route, shape: HostShape): boolean {
  return route.match === 'regex' || (route.path !== '/' && !fitsTree(route, shape));
}

/** Whether a literal path can be a location that is none of a regular expression. */
function fitsTree({ match, path: text }: Route, shape: HostShape): boolean {
  // An exact location `/foo/` would make nginx redirect /foo to it, as would a prefix.
  if (match === 'exact' ? text.endsWith('/') : shape.hasRegex) return false;
  // Old versions count the bytes of a location in eight bits: a longer one would match what it must not.
  return text.length < LONGEST_LOCATION_BYTES / 3 || Buffer.byteLength(text) < LONGEST_LOCATION_BYTES;
}

const LONGEST_LOCATION_BYTES = 255;

/** Exact before others, then the longest path, then, as ingress-nginx has it, the last one by its bytes. */
function compareRegexes(a: Route, b: Route): number {
  return (
    Number(b.match === 'exact') - Number(a.match === 'exact') ||
    b.path.length - a.path.length ||
    compareText(b.path, a.path) ||
    compareText(a.match, b.match)
  );
}

function matchersOf(route: Route, shape: HostShape): readonly LocationPlan['matcher'][] {
  const { match, path: text } = route;
  if (match === 'regex') {
    return [{ isExact: false, isRegex: false, isRegexIgnoringCase: true, path: anchoredRegex(text) }];
  }
  if (text === '/') return match === 'prefix' ? [prefix(path(text))] : shape.hasAppRoot ? [] : [exact(path(text))];
  const isStatic = fitsTree(route, shape);
  if (match === 'exact') return [isStatic ? exact(path(text)) : regex(exactRegex(text))];
  if (!isStatic) return [regex(prefixRegex(text))];
  // Without the exact one nginx would answer /foo with a redirect to /foo/ by itself.
  const below = prefix(path(`${text}/`));
  return shape.exactPaths.has(text) ? [below] : [exact(path(text)), below];
}

function exact(token: NginxToken): LocationPlan['matcher'] {
  return { isExact: true, isRegex: false, isRegexIgnoringCase: false, path: token };
}

function prefix(token: NginxToken): LocationPlan['matcher'] {
  return { isExact: false, isRegex: false, isRegexIgnoringCase: false, path: token };
}

function regex(token: NginxToken): LocationPlan['matcher'] {
  return { isExact: false, isRegex: true, isRegexIgnoringCase: false, path: token };
}
