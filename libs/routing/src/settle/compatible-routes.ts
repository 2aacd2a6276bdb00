/**
 * Duty: the routes of one host as ingress-nginx would have served them, where that differs from Kubernetes' words.
 * Used with `--compatibility=ingress-nginx` only.
 */
import type { Interpolated, RoutePolicy } from '@gatehouse/annotations';
import { quoteFound, type Problem } from '@gatehouse/core';
import type { LinkedRoute } from '../link/linked-ingress.ts';
import type { Route } from '../model.ts';
import { parsePathRegex } from '../path-regex/parse-path-regex.ts';

export interface CompatibleRoutes {
  readonly routes: readonly Route[];
  readonly problems: readonly Problem[];
}

/** Longest Location that is made up, in characters: nginx takes no token of 4,096 bytes. */
const LONGEST_LOCATION = 1500;

/** The routes of a host, after conflicts were settled. */
export function compatibleRoutes(routes: readonly LinkedRoute[]): CompatibleRoutes {
  return routes.some(isRegexRoute) ? regexRoutes(routes) : literalRoutes(routes);
}

/** The Ingress asks for regular expressions, or for a rewrite that changes anything. */
function isRegexRoute({ route: { policy }, written }: LinkedRoute): boolean {
  return policy.regexPaths || isRewriteElsewhere(policy, written);
}

function isRewriteElsewhere({ rewriteTarget }: RoutePolicy, written: string): boolean {
  if (rewriteTarget === undefined) return false;
  const [first] = rewriteTarget;
  return rewriteTarget.length !== 1 || first?.kind !== 'text' || first.text !== written;
}

/** One regular expression on a host makes every path of it one, of other Ingresses too, unescaped and ignoring case. */
function regexRoutes(linked: readonly LinkedRoute[]): CompatibleRoutes {
  const exact = new Set(linked.flatMap(({ route, written }) => (route.match === 'exact' ? [written] : [])));
  const byText = new Map<string, Route>();
  const problems: Problem[] = [];
  for (const one of linked) {
    for (const path of regexTexts(one, exact)) {
      const parsed = parsePathRegex(path);
      if (!parsed.ok) {
        problems.push(refusedRegex(one, parsed.error));
        break;
      }
      const { text } = parsed.value;
      if (!byText.has(text)) byText.set(text, Object.freeze({ ...one.route, match: 'regex', path: text }));
    }
  }
  return { routes: [...byText.values()], problems };
}

function regexTexts(linked: LinkedRoute, exact: ReadonlySet<string>): readonly string[] {
  const { route, written } = linked;
  if (route.match !== 'prefix' || written === '/' || isRegexRoute(linked)) return [written];
  const directory = written.endsWith('/') ? written : `${written}/`;
  return exact.has(written) ? [directory] : [directory, written];
}

function refusedRegex({ route, written }: LinkedRoute, reason: string): Problem {
  const found = quoteFound(written);
  const message = `another path of the host makes ${found} a regular expression, which cannot be served because ${reason}`;
  const { object, field } = route.origin;
  return Object.freeze({ code: 'PathRegexInvalid', object, field: `${field}.path`, message });
}

/** A Prefix that was written with a slash at its end does not serve the path without it, but redirects there. */
function literalRoutes(linked: readonly LinkedRoute[]): CompatibleRoutes {
  const exact = new Set(linked.flatMap(({ route }) => (route.match === 'exact' ? [route.path] : [])));
  const redirects = linked.flatMap(({ route, written }): readonly Route[] => {
    const isDirectory = route.match === 'prefix' && route.path !== '/' && written.endsWith('/');
    const location = `${encodePath(route.path)}/`;
    if (!isDirectory || exact.has(route.path) || location.length > LONGEST_LOCATION) return [];
    const redirect = Object.freeze({ status: 301, location: withQuery(location) });
    return [Object.freeze({ ...route, match: 'exact', policy: Object.freeze({ ...route.policy, redirect }) })];
  });
  return { routes: [...linked.map(({ route }) => route), ...redirects], problems: [] };
}

function withQuery(location: string): Interpolated {
  return Object.freeze([
    { kind: 'text', text: location },
    { kind: 'variable', name: 'is_args' },
    { kind: 'variable', name: 'args' },
  ]);
}

function encodePath(path: string): string {
  return encodeURI(path).replace(/[?#]/g, encodeURIComponent);
}
