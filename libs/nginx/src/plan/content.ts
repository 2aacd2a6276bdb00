/**
 * Duty: routes and fallbacks seen alike.
 */
import type { RoutePolicy } from '@gatehouse/annotations';
import type { Backend, RouteNames } from '@gatehouse/routing';
import type { Answerer } from './plan-locations.ts';

/** A route or a fallback, whichever answers. */
export interface Content {
  readonly policy: RoutePolicy;
  readonly names: RouteNames;
  readonly backend: Backend | undefined;
  readonly errorBackend: Backend | undefined;
  /** The regular expression, where the path is one. */
  readonly regex: string | undefined;
  /** Plain HTTP is redirected here, and not for the whole host. */
  readonly redirectsToTls: boolean;
}

type Answering = Answerer & { readonly kind: 'fallback' | 'route' };

/** What the route or fallback asks for. */
export function policyOf(answerer: Answering): RoutePolicy {
  return answerer.kind === 'route' ? answerer.route.policy : answerer.fallback.policy;
}

/** The route or fallback as the content of a location. */
export function contentOf(answerer: Answering, redirectsToTls: boolean): Content {
  if (answerer.kind === 'route') {
    const { route } = answerer;
    return {
      policy: route.policy,
      names: route.names,
      backend: route.target.kind === 'backend' ? route.target.backend : undefined,
      errorBackend: route.errorBackend,
      regex: route.match === 'regex' ? route.path : undefined,
      redirectsToTls,
    };
  }
  const { fallback } = answerer;
  return {
    policy: fallback.policy,
    names: fallback.names,
    backend: fallback.backend,
    // The global default backend has no object that asks for it; it answers its own errors, too.
    errorBackend: fallback.errorBackend ?? (fallback.origin === undefined ? fallback.backend : undefined),
    regex: undefined,
    redirectsToTls,
  };
}
