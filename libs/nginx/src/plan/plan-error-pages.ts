/**
 * Duty: what becomes of errors: what all locations inherit, and where one says something of its own.
 */
import type { ErrorReason } from '@gatehouse/core';
import type { Backend } from '@gatehouse/routing';
import type { ErrorPageView, LocationBodyView } from '../templates/server.ts';
import { bareOverwrite, errorStatus, replacedStatus } from '../tokens/constructors.ts';
import { errorPage, errorSubject, type ErrorSubject } from '../tokens/own-names.ts';
import type { NginxToken } from '../tokens/token.ts';
import type { Content } from './content.ts';
import type { PlanContext } from './context.ts';
import { endpointDnsPort } from './endpoint-dns.ts';
import { digestName, upstreamOf } from './names.ts';
import { hasEndpointsByDns, isReachable, schemeOf } from './plan-backend.ts';

/** The name under which the server of error pages knows the default backend of all hosts. */
export const DEFAULT_ERROR_BACKEND = 'default';

/** The name under which it knows a backend that a route names. */
export function errorBackendName({ id }: Backend): string {
  return digestName(`errors ${id}`);
}

/** The name of no backend at all: there nginx' own page is given. */
const NO_BACKEND = 'none';

/** Errors that nginx gives by itself where it forwards requests. */
const REFUSED_CODES = [403, 413, 429];
const UNREACHABLE_CODES = [502, 504];
const OWN_CODES = [...REFUSED_CODES, ...UNREACHABLE_CODES, 500, 503];
/** What nginx says when no endpoint has answered. */
const NO_ANSWER = 502;
const NOT_FOUND = 404;

type ErrorsOfLocation = Pick<LocationBodyView, 'errorPages' | 'errorSubject'>;

/** nginx' own page for what all locations answer. */
const nothingSaid: ErrorsOfLocation = { errorPages: [], errorSubject: undefined };

/** The errors that the locations of all hosts answer; none where nobody is asked for pages. */
export function commonErrorPages(context: PlanContext): readonly ErrorPageView[] {
  return pagesOf(commonCodes(context), context);
}

/** Of one host. */
export class ErrorPages {
  readonly #context: PlanContext;
  readonly #backends = new Map<string, Backend>();

  constructor(context: PlanContext) {
    this.#context = context;
  }

  /** Where nothing is forwarded. `reason` is for where the status alone does not say why. */
  ofClosed(content: Content, reason?: ErrorReason): ErrorsOfLocation {
    return this.#plan(content, OWN_CODES, { way: 'once', reason });
  }

  ofForwarded(content: Content): ErrorsOfLocation {
    const { errorCodes, backendProtocol } = content.policy;
    // A body of gRPC is passed on while it comes, so it is not there a second time.
    const isLost = backendProtocol === 'GRPC' || backendProtocol === 'GRPCS';
    // Nor can it be passed on to whoever makes a page, who would wait for it; and no client of gRPC reads one.
    if (isLost && errorCodes.length === 0) return nothingSaid;
    const way = !isLost && this.tellsOfNoEndpoints(content) ? 'anew' : 'once';
    const codes = this.replacesAnswers(content) ? errorCodes : [...OWN_CODES, ...errorCodes];
    return this.#plan(content, codes, { way, reason: undefined });
  }

  /** What nobody has a rule for is not found, even where the default backend cannot say so. */
  ofUnmatched(content: Content): ErrorsOfLocation {
    const refused = this.#plan(content, REFUSED_CODES, { way: 'once', reason: undefined });
    if (!this.#context.hasDefaultPages) return refused;
    const plain = { codes: statuses(UNREACHABLE_CODES), status: replacedStatus(NOT_FOUND), page: errorPage('plain') };
    return { ...refused, errorPages: [...refused.errorPages, plain] };
  }

  /**
   * Whether pages take the place of what the backend answers. nginx replaces every answer whose status is listed, so then
   * nothing else can be.
   */
  replacesAnswers(content: Content): boolean {
    const { policy, unmatched } = content;
    const asksForIt = policy.errorCodes.length > 0 && policy.interceptsErrors && unmatched === undefined;
    return asksForIt && this.#backendOf(content) !== undefined;
  }

  /**
   * Whether nginx itself says that there are no endpoints. Where a page replaces what backends answer, nginx cannot be told to
   * look at its own 502 alone: there it is had only if theirs is replaced too.
   */
  tellsOfNoEndpoints(content: Content): boolean {
    const { backend, policy, unmatched } = content;
    if (backend === undefined || unmatched !== undefined) return false;
    if (this.replacesAnswers(content) && !policy.errorCodes.includes(NO_ANSWER)) return false;
    return hasEndpointsByDns(upstreamOf(backend, schemeOf(policy.backendProtocol)), this.#context.options);
  }

  /** The backends that routes name and that were used; the default backend is not among them. */
  backends(): readonly Backend[] {
    return [...this.#backends.values()];
  }

  #plan(content: Content, codes: readonly number[], rest: Pick<ErrorSubject, 'reason' | 'way'>): ErrorsOfLocation {
    const { namespace, ingress, service, servicePort } = content.names;
    const backend = this.#backendOf(content);
    const names = [namespace, ingress, service, servicePort] as const;
    const subject = { ...rest, backend: backend ?? NO_BACKEND, names };
    const common = commonCodes(this.#context);
    const answered = backend === undefined ? common : codes;
    return {
      errorSubject: backend === undefined && rest.way === 'once' ? undefined : { path: errorSubject(subject) },
      errorPages: isSame(answered, common) ? [] : pagesOf(answered, this.#context),
    };
  }

  #backendOf({ errorBackend }: Content): string | undefined {
    const { options, hasDefaultPages } = this.#context;
    if (errorBackend === undefined || !isReachable(errorBackend, options)) {
      return hasDefaultPages ? DEFAULT_ERROR_BACKEND : undefined;
    }
    const name = errorBackendName(errorBackend);
    this.#backends.set(name, errorBackend);
    return name;
  }
}

function commonCodes({ hasDefaultPages, options }: PlanContext): readonly number[] {
  if (hasDefaultPages) return OWN_CODES;
  return endpointDnsPort(options) === undefined ? [] : [NO_ANSWER];
}

function pagesOf(codes: readonly number[], { options }: PlanContext): readonly ErrorPageView[] {
  const isOpen = (code: number): boolean => code === NO_ANSWER && endpointDnsPort(options) !== undefined;
  const page = errorPage('subject');
  const [open, decided] = [codes.filter(isOpen), codes.filter((code) => !isOpen(code))];
  return [
    { codes: statuses(decided), status: undefined, page },
    { codes: statuses(open), status: bareOverwrite(), page },
  ].filter((view) => view.codes.length > 0);
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return new Set(one).symmetricDifference(new Set(other)).size === 0;
}

function statuses(codes: readonly number[]): readonly NginxToken[] {
  return [...new Set(codes)].sort((a, b) => a - b).map(errorStatus);
}
