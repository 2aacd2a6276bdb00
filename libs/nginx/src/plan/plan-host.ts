/**
 * Duty: one host of the model as one server block.
 */
import type { RoutePolicy } from '@gatehouse/annotations';
import type { Problem } from '@gatehouse/core';
import type { Backend, Certificate, HostModel, Origin } from '@gatehouse/routing';
import type { LocationBodyView, LocationView, ServerView } from '../templates/server.ts';
import { fileName, hostName, redirectStatus, wildcardHostName } from '../tokens/constructors.ts';
import { ownUrl } from '../tokens/expression.ts';
import { handshakeCertificate } from '../tokens/own-names.ts';
import type { NginxToken } from '../tokens/token.ts';
import { TokenRefused } from '../tokens/token.ts';
import type { RenderOptions } from '../render-options.ts';
import { readsCertificatesLive, servesTls, type PlanContext } from './context.ts';
import { contentOf, policyOf } from './content.ts';
import type { Upstream } from './names.ts';
import { endpointDnsPort } from './endpoint-dns.ts';
import { commonErrorPages, ErrorPages } from './plan-error-pages.ts';
import { emptyBody, planBody, type BodyPlan } from './plan-location-body.ts';
import { planLocations, type Answerer, type LocationPlan } from './plan-locations.ts';
import { obstacleProblem, pathProblem, policyProblem, protocolProblem } from './problems.ts';

export interface HostPlan {
  readonly view: ServerView;
  /** Of each location of the view, in order; undefined for those of nobody. */
  readonly origins: readonly (Origin | undefined)[];
  /** In the order of their use; perhaps repeated. */
  readonly upstreams: readonly UpstreamUse[];
  /** Names of those that would be needed if their backends had endpoints; perhaps repeated. */
  readonly idle: readonly string[];
  /** Those that routes name for their errors. */
  readonly errorBackends: readonly Backend[];
  readonly certificate: Certificate | undefined;
  readonly problems: readonly Problem[];
}

/** An upstream that needs its block, and who asks for it. */
interface UpstreamUse {
  readonly upstream: Upstream;
  readonly origin: Origin | undefined;
}

/**
 * Plans `host`. Nothing that its objects hold makes this throw: what nginx cannot take becomes a Problem.
 * `defaultCertificate` is for the catch-all.
 */
export function planHost(host: HostModel, context: PlanContext, defaultCertificate?: Certificate): HostPlan {
  const problems: Problem[] = [];
  const pages = new ErrorPages(context);
  const locations = planLocations(host, (route, error) => problems.push(pathProblem(route, refusal(error))));
  const redirectsWhole = redirectsWholeHost(host, locations);
  const upstreams: UpstreamUse[] = [];
  const idle: string[] = [];
  const bodies = new Map<unknown, LocationBodyView>();
  const views = locations.map(({ matcher, answerer }): LocationView => {
    const key = subjectOf(answerer);
    let body = bodies.get(key);
    if (body === undefined) {
      const plan = planAnswer({ answerer, host, context, pages, redirectsWhole }, problems);
      const origin = originOf(answerer);
      for (const upstream of plan.upstreams) upstreams.push({ upstream, origin });
      if (plan.idle !== undefined) idle.push(plan.idle.name);
      body = plan.view;
      bodies.set(key, body);
    }
    return { ...matcher, ...body };
  });
  const isDefaultServer = host.name === '';
  const certificate = host.certificate ?? (isDefaultServer ? defaultCertificate : undefined);
  return {
    view: {
      listen: isDefaultServer ? context.defaultListen : context.listen,
      name: serverName(host.name),
      certificate: certificateView(certificate, isDefaultServer, context),
      tlsRedirect: redirectsWhole ? { status: redirectStatus(context.settings.tlsRedirectStatus) } : undefined,
      locations: views,
      errors: hasErrors(views, context) ? { beginAnew: endpointDnsPort(context.options) !== undefined } : undefined,
    },
    origins: locations.map(({ answerer }) => originOf(answerer)),
    upstreams,
    idle,
    errorBackends: pages.backends(),
    certificate,
    problems,
  };
}

function hasErrors(locations: readonly LocationView[], context: PlanContext): boolean {
  return commonErrorPages(context).length > 0 || locations.some(({ errorPages }) => errorPages.length > 0);
}

interface AnswerParts {
  readonly answerer: Answerer;
  readonly host: HostModel;
  readonly context: PlanContext;
  readonly pages: ErrorPages;
  readonly redirectsWhole: boolean;
}

function planAnswer(parts: AnswerParts, problems: Problem[]): Pick<BodyPlan, 'idle' | 'upstreams' | 'view'> {
  const { answerer, host, context, pages } = parts;
  if (answerer.kind === 'notFound') return { view: { ...emptyBody, isNotFound: true }, upstreams: [] };
  const origin = originOf(answerer);
  try {
    if (answerer.kind === 'appRoot') {
      return { view: { ...emptyBody, appRoot: { path: ownUrl(answerer.appRoot.path) } }, upstreams: [] };
    }
    const redirectsToTls = !parts.redirectsWhole && redirects(host, policyOf(answerer));
    const body = planBody(contentOf(answerer, { hostName: host.name, redirectsToTls }), context, pages);
    if (origin !== undefined) {
      if (body.obstacle !== undefined) problems.push(obstacleProblem(origin, body.obstacle));
      problems.push(...protocolProblem({ origin, host, context, policy: policyOf(answerer) }));
    }
    return body;
  } catch (error) {
    // Without what it asks for it might be open to more than it should be.
    const reason = refusal(error);
    if (origin !== undefined) problems.push(policyProblem(origin, reason));
    return { view: { ...emptyBody, isUnavailable: true }, upstreams: [] };
  }
}

/** The reason why a token was refused; anything else is a bug and is thrown on. */
function refusal(error: unknown): string {
  if (error instanceof TokenRefused) return error.message;
  throw error;
}

function serverName(name: string): NginxToken | undefined {
  if (name === '') return undefined;
  return name.startsWith('*') ? wildcardHostName(name) : hostName(name);
}

/** A host without a certificate writes none: nginx then uses that of all servers, or else of the default server. */
function certificateView(
  certificate: Certificate | undefined,
  isDefaultServer: boolean,
  { options }: PlanContext,
): ServerView['certificate'] {
  if (readsCertificatesLive(options)) return isDefaultServer ? { file: handshakeCertificate() } : undefined;
  if (!servesTls(options) || (certificate === undefined && !isDefaultServer)) return undefined;
  return { file: certificateFile(certificate, options) };
}

/** The file with a certificate and its key; undefined means the self-signed one. */
export function certificateFile(certificate: Certificate | undefined, options: RenderOptions): NginxToken {
  const name = certificate === undefined ? 'default.pem' : certificateFileName(certificate);
  return fileName(`${options.runtimeDirectory}/keys/${name}`);
}

/** Name of the file with chain and key, within the directory of certificates. */
export function certificateFileName(certificate: Certificate): string {
  if (!/^[0-9a-f]{64}$/.test(certificate.id)) throw new Error('the id of a certificate is 64 hexadecimal digits');
  return `${certificate.id}.pem`;
}

function redirects(host: HostModel, { tlsRedirect }: RoutePolicy): boolean {
  return tlsRedirect === 'always' || (tlsRedirect === 'whenHostHasTls' && host.hasTls);
}

/**
 * Whether every request of the host over plain HTTP is redirected: then one `if` for the server does it, where one in
 * each location would double their number for nginx. Redirects of users and closed routes come before, so they need
 * their own.
 */
function redirectsWholeHost(host: HostModel, locations: readonly LocationPlan[]): boolean {
  const answerers = locations.map(({ answerer }) => answerer).filter(({ kind }) => kind !== 'notFound');
  return (
    answerers.length > 0 &&
    answerers.every((answerer) => {
      if (answerer.kind !== 'route' && answerer.kind !== 'fallback') return false;
      const policy = policyOf(answerer);
      return redirects(host, policy) && policy.redirect === undefined && policy.closedBecause === undefined;
    })
  );
}

function originOf(answerer: Answerer): Origin | undefined {
  const subject = subjectOf(answerer);
  return typeof subject === 'object' ? subject.origin : undefined;
}

function subjectOf(answerer: Answerer): { readonly origin?: Origin } | 'notFound' {
  switch (answerer.kind) {
    case 'appRoot':
      return answerer.appRoot;
    case 'fallback':
      return answerer.fallback;
    case 'notFound':
      return 'notFound';
    case 'route':
      return answerer.route;
  }
}
