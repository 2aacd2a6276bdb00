/**
 * Duty: what happens to the requests of one route: the body of its locations.
 */
import type { Interpolated, Redirect, RoutePolicy } from '@gatehouse/annotations';
import type { Backend, RouteNames } from '@gatehouse/routing';
import type { AccessView, ForwardModuleView, ForwardView, LocationBodyView } from '../templates/server.ts';
import { duration, keyword, network, redirectStatus, size } from '../tokens/constructors.ts';
import { clientHost, headerExpression, rewriteReplacement } from '../tokens/expression.ts';
import { anchoredRegexIgnoringCase, everyPath } from '../tokens/regex.ts';
import type { NginxToken } from '../tokens/token.ts';
import type { Content } from './content.ts';
import type { PlanContext } from './context.ts';
import { upstreamOf, type Upstream } from './names.ts';
import { missingModule, reachBackend, schemeOf, urlOf, type Reach } from './plan-backend.ts';
import type { ErrorPages } from './plan-error-pages.ts';

export interface BodyPlan {
  readonly view: LocationBodyView;
  readonly upstreams: readonly Upstream[];
  /** The one that it would need if its backend had an endpoint. */
  readonly idle?: Upstream;
  /** What stands in the way of the backend, where it is not the user's doing. */
  readonly obstacle: Obstacle | undefined;
}

export type Obstacle =
  { readonly kind: 'missingModule'; readonly name: string } | { readonly kind: 'unresolvable'; readonly name: string };

export const emptyBody: LocationBodyView = {
  isUnavailable: false,
  isNotFound: false,
  redirect: undefined,
  appRoot: undefined,
  tlsRedirect: undefined,
  access: undefined,
  errorSubject: undefined,
  errorPages: [],
  forward: undefined,
};

/** The body for `content`. `pages` collects the error backends that it leads to. Throws `TokenRefused`. */
export function planBody(content: Content, context: PlanContext, pages: ErrorPages): BodyPlan {
  const { policy } = content;
  if (policy.closedBecause !== undefined) return unavailable(pages.ofClosed(content));
  if (policy.redirect !== undefined) return { ...answered, view: redirected(policy.redirect, content) };
  const missing = missingModule(policy.backendProtocol, context.options);
  const reach: Reach =
    content.backend === undefined || missing !== undefined
      ? { kind: 'unavailable' }
      : reachContent(content, content.backend, { context, pages });
  const tlsRedirect = content.redirectsToTls
    ? { status: redirectStatus(context.settings.tlsRedirectStatus) }
    : undefined;
  if (reach.kind === 'unavailable' || reach.kind === 'unresolvable') {
    const isIdle = reach.kind === 'unavailable' && missing === undefined;
    const { view } = unavailable(pages.ofClosed(content, isIdle ? 'no-endpoints' : undefined));
    const unresolvable = reach.kind === 'unresolvable' ? reach : undefined;
    const obstacle = missing === undefined ? unresolvable : ({ kind: 'missingModule', name: missing } as const);
    const idle =
      isIdle && content.backend !== undefined
        ? { idle: upstreamOf(content.backend, schemeOf(policy.backendProtocol)) }
        : {};
    return { ...answered, ...idle, view: { ...view, tlsRedirect }, obstacle };
  }
  const forward = planForward({ content, context, reach, interceptsErrors: pages.replacesAnswers(content) });
  const errors = content.unmatched === undefined ? pages.ofForwarded(content) : pages.ofUnmatched(content);
  const view = { ...emptyBody, ...errors, tlsRedirect, access: planAccess(policy), forward };
  const upstreams = reach.kind === 'upstream' ? [upstreamOf(reach.backend, schemeOf(policy.backendProtocol))] : [];
  return { view, upstreams, obstacle: undefined };
}

interface Surroundings {
  readonly context: PlanContext;
  readonly pages: ErrorPages;
}

/** Where nginx cannot say by itself that there are no endpoints, the configuration does. */
function reachContent(content: Content, backend: Backend, { context, pages }: Surroundings): Reach {
  const saysSo = content.unmatched !== undefined || pages.tellsOfNoEndpoints(content);
  if (backend.endpoints.length === 0 && !saysSo) return { kind: 'unavailable' };
  return reachBackend(backend, context.options);
}

const answered: BodyPlan = { view: emptyBody, upstreams: [], obstacle: undefined };

function unavailable(errors: ReturnType<ErrorPages['ofClosed']>): BodyPlan {
  return { ...answered, view: { ...emptyBody, ...errors, isUnavailable: true } };
}

function redirected({ status, location }: Redirect, { names }: Content): LocationBodyView {
  const redirect = { status: redirectStatus(status), location: headerExpression(fillNames(location, names)) };
  return { ...emptyBody, redirect };
}

function planAccess({ deniedNetworks, allowedNetworks }: RoutePolicy): AccessView | undefined {
  if (deniedNetworks.length + allowedNetworks.length === 0) return undefined;
  return {
    denied: deniedNetworks.map(network),
    allowed: allowedNetworks.map(network),
    onlyAllowed: allowedNetworks.length > 0,
  };
}

interface ForwardParts {
  readonly content: Content;
  readonly context: PlanContext;
  readonly reach: Reach & { readonly kind: 'resolved' | 'upstream' };
  readonly interceptsErrors: boolean;
}

function planForward({ content, context, reach, interceptsErrors }: ForwardParts): ForwardView {
  const { policy, names, regex } = content;
  const defaults = context.settings.routes;
  const { rewriteTarget, upstreamHost } = policy;
  const unlessDefault = (timeMs: number, defaultMs: number): NginxToken | undefined =>
    timeMs === defaultMs ? undefined : duration(timeMs);
  const forwarding: ForwardModuleView = {
    connectTimeout: unlessDefault(policy.connectTimeoutMs, defaults.connectTimeoutMs),
    sendTimeout: unlessDefault(policy.sendTimeoutMs, defaults.sendTimeoutMs),
    readTimeout: unlessDefault(policy.readTimeoutMs, defaults.readTimeoutMs),
    headers: upstreamHost === undefined ? undefined : { host: headerExpression(fillNames(upstreamHost, names)) },
    unmatched: content.unmatched && { host: clientHost, reason: keyword(content.unmatched) },
    interceptsErrors,
    url: urlOf(reach, schemeOf(policy.backendProtocol)),
  };
  const isGrpc = policy.backendProtocol === 'GRPC' || policy.backendProtocol === 'GRPCS';
  return {
    bodySize: policy.bodyBytes === defaults.bodyBytes ? undefined : size(policy.bodyBytes),
    resolved: reach.kind === 'resolved' ? reach.address : undefined,
    rewrite:
      rewriteTarget === undefined
        ? undefined
        : {
            pattern: regex === undefined ? everyPath : anchoredRegexIgnoringCase(regex),
            replacement: rewriteReplacement(fillNames(rewriteTarget, names)),
          },
    proxy: isGrpc ? undefined : forwarding,
    grpc: isGrpc ? forwarding : undefined,
  };
}

/** `parts` with the names of the route's objects as text. */
function fillNames(parts: Interpolated, names: RouteNames): Interpolated {
  const values: Readonly<Record<string, string>> = {
    namespace: names.namespace,
    ingress_name: names.ingress,
    service_name: names.service,
    service_port: names.servicePort,
  };
  return parts.map((part) => {
    const value = part.kind === 'variable' && Object.hasOwn(values, part.name) ? values[part.name] : undefined;
    return value === undefined ? part : { kind: 'text', text: value };
  });
}
