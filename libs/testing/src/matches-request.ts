/**
 * Duty: who answers a request according to the words of the model alone. It is what a real nginx is compared with, so it
 * is written in the plainest way, and shares no code with anything that it judges.
 */
import type { Fallback, HostModel, Model, Route } from '@gatehouse/routing';

export type Answer =
  | { readonly kind: 'appRoot'; readonly path: string }
  | { readonly kind: 'fallback'; readonly fallback: Fallback }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'route'; readonly route: Route };

/**
 * Who answers. `host` is a Host header, with or without port; `target` the path of a request line, without query.
 * Among the routes that match, an exact one goes first, then the one with the longest path, then the one whose path is
 * the last by its bytes, then a prefix.
 */
export function matchesRequest(model: Model, host: string, target: string): Answer {
  const found = findHost(model, host);
  const path = normalisePath(target);
  if (found.appRoot !== undefined && path === '/') return { kind: 'appRoot', path: found.appRoot.path };
  const [route] = found.routes.filter((one) => isMatch(one, path)).sort(byPrecedence);
  if (route !== undefined) return { kind: 'route', route };
  return found.fallback === undefined ? { kind: 'not-found' } : { kind: 'fallback', fallback: found.fallback };
}

function findHost({ hosts }: Model, header: string): HostModel {
  const name = header
    .toLowerCase()
    .replace(/:[0-9]*$/, '')
    .replace(/\.$/, '');
  const wildcard = name.replace(/^[^.]+/, '*');
  for (const candidate of [name, wildcard, '']) {
    const found = hosts.find((host) => host.name === candidate);
    if (found !== undefined) return found;
  }
  throw new Error('a model without the catch-all host');
}

/** As nginx does before it compares: `%XX` decoded once, slashes merged, `.` and `..` resolved. */
function normalisePath(target: string): string {
  const segments: string[] = [];
  const parts = decodeURIComponent(target).split('/');
  for (const part of parts) {
    if (part === '..') segments.pop();
    else if (part !== '' && part !== '.') segments.push(part);
  }
  const isDirectory = ['', '.', '..'].includes(parts.at(-1) ?? '');
  return segments.length === 0 ? '/' : `/${segments.join('/')}${isDirectory ? '/' : ''}`;
}

function isMatch({ match, path }: Route, requested: string): boolean {
  switch (match) {
    case 'exact':
      return requested === path;
    case 'prefix':
      return path === '/' || requested === path || requested.startsWith(`${path}/`);
    case 'regex':
      return new RegExp(`^(?:${path.replaceAll('(?i)', '')})`, 'i').test(requested);
  }
}

function byPrecedence(a: Route, b: Route): number {
  const exactFirst = Number(b.match === 'exact') - Number(a.match === 'exact');
  const longestFirst = b.path.length - a.path.length;
  return exactFirst || longestFirst || compareTexts(b.path, a.path) || compareTexts(a.match, b.match);
}

function compareTexts(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}
