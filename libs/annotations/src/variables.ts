/**
 * Duty: which variables users may write in which annotation. This is the whole list; whoever writes nginx configuration
 * knows every name of it and no other.
 *
 * Left out on purpose: in a redirect, whatever nginx has decoded (`$uri`, captures), since a decoded line break would
 * end the Location header; in a rewritten path, whatever is still encoded (`$request_uri`, `$args`), since it would be
 * encoded twice; everywhere, headers, cookies and arguments of the client by name.
 */

/** What the groups of a regular expression path matched. */
const captures = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/** The same for every request of a route: names of its own objects. */
const routeNames = ['namespace', 'ingress_name', 'service_name', 'service_port'] as const;

/** Variables that are allowed in one place, by the names of the places. */
export const variablesIn = {
  /** A rewritten path: captures, the request's decoded path, its host. */
  rewriteTarget: [...captures, 'uri', 'host', ...routeNames],
  /** A Location: the request's host, scheme, path with query as sent, and query. */
  redirect: ['host', 'scheme', 'request_uri', 'is_args', 'args', ...routeNames],
  /** The Host that a backend sees. */
  upstreamHost: ['host', ...routeNames],
} as const;

/** Every variable that can stand in an `Interpolated`, without `$`. */
export type VariableName = (typeof variablesIn)[keyof typeof variablesIn][number];

/** Every variable once, in order of its first place. */
export const variableNames: readonly VariableName[] = [...new Set(Object.values(variablesIn).flat())];

/** For sentences: `$1 to $9, $uri, $host`. */
export function describeVariables(names: readonly string[]): string {
  const others = names.filter((name) => !isCapture(name)).map((name) => `$${name}`);
  return (others.length < names.length ? ['$1 to $9', ...others] : others).join(', ');
}

/** Whether a variable is what a group of the path matched. */
export function isCapture(name: string): boolean {
  return (captures as readonly string[]).includes(name);
}
