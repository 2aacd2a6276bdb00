/**
 * Duty: what happens to the requests of one route: the body of its locations.
 */
import type { Interpolated, Redirect, RoutePolicy } from '@gatehouse/annotations';
import type { Backend, RouteNames } from '@gatehouse/routing';
import type { AccessView, FailureView, ForwardModuleView, ForwardView, LocationBodyView } from '../templates/server.ts';
import { duration, keyword, network, redirectStatus, size } from '../tokens/constructors.ts';
import { clientHost, headerExpression, rewriteReplacement } from '../tokens/expression.ts';
import { anchoredRegexIgnoringCase, everyPath } from '../tokens/regex.ts';
import type { NginxToken } from '../tokens/token.ts';
import type { Content } from './content.ts';
import type { PlanContext } from './context.ts';
import { upstreamOf, type Upstream } from './names.ts';
import { missingModule, reachBackend, schemeOf, urlOf, type Reach } from './plan-backend.ts';
import type { ErrorPages } from './plan-error-pages.ts';
import { hasFailure, NO_ANSWER, planFailure, replacesAnswers } from './plan-failure.ts';

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
  errorPages: [],
  forward: undefined,
};

/** Errors that nginx gives by itself where it forwards requests. */
const REFUSED_CODES = [403, 413, 429];
const UNREACHABLE_CODES = [502, 504];
const OWN_CODES = [...REFUSED_CODES, ...UNREACHABLE_CODES, 500, 503];
/** Where it forwards none: the size of a body is looked at before. */
const CLOSED_CODES = [413, 503];
const NOT_FOUND = 404;

/** The body for `content`. `pages` collects the error locations that it leads to. Throws `TokenRefused`. */
export function planBody(content: Content, context: PlanContext, pages: ErrorPages): BodyPlan {
  const { policy } = content;
  if (policy.closedBecause !== undefined) return unavailable(pages.pagesFor(content, CLOSED_CODES));
  if (policy.redirect !== undefined) return { ...answered, view: redirected(policy.redirect, content) };
  const missing = missingModule(policy.backendProtocol, context.options);
  const reach: Reach =
    content.backend === undefined || missing !== undefined
      ? { kind: 'unavailable' }
      : reachContent(content, content.backend, context);
  const tlsRedirect = content.redirectsToTls
    ? { status: redirectStatus(context.settings.tlsRedirectStatus) }
    : undefined;
  if (reach.kind === 'unavailable' || reach.kind === 'unresolvable') {
    const isIdle = reach.kind === 'unavailable' && missing === undefined;
    const { view } = unavailable(pages.pagesFor(content, CLOSED_CODES, isIdle ? 'no-endpoints' : undefined));
    const unresolvable = reach.kind === 'unresolvable' ? reach : undefined;
    const obstacle = missing === undefined ? unresolvable : ({ kind: 'missingModule', name: missing } as const);
    const idle =
      isIdle && content.backend !== undefined
        ? { idle: upstreamOf(content.backend, schemeOf(policy.backendProtocol)) }
        : {};
    return { ...answered, ...idle, view: { ...view, tlsRedirect }, obstacle };
  }
  const failure = hasFailure(content, context) ? planFailure(content, pageOfErrors(content, pages)) : undefined;
  const errorPages =
    content.unmatched === undefined
      ? planErrorPages(content, pages, failure === undefined ? [] : [NO_ANSWER])
      : planUnmatchedPages(content, pages);
  const forward = planForward({
    content,
    context,
    reach,
    failure,
    interceptsErrors: replacesAnswers(content) && pageOfErrors(content, pages) !== undefined,
  });
  const view = { ...emptyBody, tlsRedirect, access: planAccess(policy), errorPages, forward };
  const upstreams = reach.kind === 'upstream' ? [upstreamOf(reach.backend, schemeOf(policy.backendProtocol))] : [];
  return { view, upstreams, obstacle: undefined };
}

/** Where nginx cannot say by itself that there are no endpoints, the configuration does. */
function reachContent(content: Content, backend: Backend, context: PlanContext): Reach {
  const saysSo = content.unmatched !== undefined || hasFailure(content, context);
  if (backend.endpoints.length === 0 && !saysSo) return { kind: 'unavailable' };
  return reachBackend(backend, context.options);
}

const answered: BodyPlan = { view: emptyBody, upstreams: [], obstacle: undefined };

function unavailable(errorPages: LocationBodyView['errorPages']): BodyPlan {
  return { ...answered, view: { ...emptyBody, isUnavailable: true, errorPages } };
}

/** The pages of all errors but `others`, which are seen to elsewhere. */
function planErrorPages(
  content: Content,
  pages: ErrorPages,
  others: readonly number[],
): LocationBodyView['errorPages'] {
  return pages.pagesFor(
    content,
    errorCodesOf(content).filter((code) => !others.includes(code)),
  );
}

function errorCodesOf(content: Content): readonly number[] {
  const { errorCodes } = content.policy;
  return replacesAnswers(content) ? errorCodes : [...OWN_CODES, ...errorCodes];
}

function pageOfErrors(content: Content, pages: ErrorPages): NginxToken | undefined {
  return pages.pagesFor(content, errorCodesOf(content))[0]?.location;
}

/** What nobody has a rule for is not found, even where the default backend cannot say so. */
function planUnmatchedPages(content: Content, pages: ErrorPages): LocationBodyView['errorPages'] {
  return [...pages.pagesFor(content, REFUSED_CODES), ...pages.plainPagesFor(UNREACHABLE_CODES, NOT_FOUND)];
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
  readonly failure: FailureView | undefined;
  readonly interceptsErrors: boolean;
}

function planForward({ content, context, reach, failure, interceptsErrors }: ForwardParts): ForwardView {
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
    failure,
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
