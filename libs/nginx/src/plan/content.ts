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
  /** Answers its errors instead of the default backend of all hosts. */
  readonly errorBackend: Backend | undefined;
  /** Nobody has a rule for the requests, so that the default backend of all hosts answers. */
  readonly unmatched: 'no-host' | 'no-path' | undefined;
  /** The regular expression, where the path is one. */
  readonly regex: string | undefined;
  /** Plain HTTP is redirected here, and not for the whole host. */
  readonly redirectsToTls: boolean;
}

type Answering = Answerer & { readonly kind: 'fallback' | 'route' };

interface Surroundings {
  readonly hostName: string;
  readonly redirectsToTls: boolean;
}

/** What the route or fallback asks for. */
export function policyOf(answerer: Answering): RoutePolicy {
  return answerer.kind === 'route' ? answerer.route.policy : answerer.fallback.policy;
}

/** A request that nobody has a rule for is about no object. */
const noNames: RouteNames = { namespace: '', ingress: '', service: '', servicePort: '' };

/** The route or fallback as the content of a location of the host; the catch-all's name is empty. */
export function contentOf(answerer: Answering, { hostName, redirectsToTls }: Surroundings): Content {
  if (answerer.kind === 'route') {
    const { route } = answerer;
    return {
      policy: route.policy,
      names: route.names,
      backend: route.target.kind === 'backend' ? route.target.backend : undefined,
      errorBackend: route.errorBackend,
      unmatched: undefined,
      regex: route.match === 'regex' ? route.path : undefined,
      redirectsToTls,
    };
  }
  const { fallback } = answerer;
  const isOfAllHosts = fallback.origin === undefined;
  return {
    policy: fallback.policy,
    names: isOfAllHosts ? noNames : fallback.names,
    backend: fallback.backend,
    errorBackend: fallback.errorBackend,
    unmatched: isOfAllHosts ? (hostName === '' ? 'no-host' : 'no-path') : undefined,
    regex: undefined,
    redirectsToTls,
  };
}
