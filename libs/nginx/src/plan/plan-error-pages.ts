/**
 * Duty: the locations of one host that ask for error pages. Routes of the same names share one.
 */
import { compareText, type ErrorReason } from '@gatehouse/core';
import type { Backend } from '@gatehouse/routing';
import type { ErrorPageUseView, ErrorPageView } from '../templates/server.ts';
import { errorStatus, replacedStatus } from '../tokens/constructors.ts';
import { errorLocation, errorPageUrl, type ErrorSubject } from '../tokens/own-names.ts';
import type { NginxToken } from '../tokens/token.ts';
import type { Content } from './content.ts';
import type { PlanContext } from './context.ts';
import { digestName } from './names.ts';
import { isReachable } from './plan-backend.ts';

/** The name under which the server of error pages knows the default backend of all hosts. */
export const DEFAULT_ERROR_BACKEND = 'default';

/** The name under which it knows a backend that a route names. */
export function errorBackendName({ id }: Backend): string {
  return digestName(`errors ${id}`);
}

/** The name of no backend at all: there nginx' own page is given. */
const NO_BACKEND = 'none';

export class ErrorPages {
  readonly #context: PlanContext;
  readonly #views = new Map<string, ErrorPageView>();
  readonly #backends = new Map<string, Backend>();

  constructor(context: PlanContext) {
    this.#context = context;
  }

  /**
   * What has the error backend of `content` answer `codes`; nothing when there is none, or nothing to answer. `reason` is
   * for where the status alone does not say why.
   */
  pagesFor(content: Content, codes: readonly number[], reason?: ErrorReason): readonly ErrorPageUseView[] {
    const backend = codes.length === 0 ? undefined : this.#backendOf(content);
    if (backend === undefined) return [];
    const { namespace, ingress, service, servicePort } = content.names;
    const location = this.#locationOf({ backend, reason, names: [namespace, ingress, service, servicePort] });
    return [{ codes: statuses(codes), status: undefined, location }];
  }

  /** What answers `codes` with `status` and the plain page of it. */
  plainPagesFor(codes: readonly number[], status: number): readonly ErrorPageUseView[] {
    if (!this.#context.hasDefaultPages) return [];
    const location = this.#locationOf({ backend: NO_BACKEND, reason: undefined, names: ['', '', '', ''] });
    return [{ codes: statuses(codes), status: replacedStatus(status), location }];
  }

  /** All of them, by name. */
  views(): readonly ErrorPageView[] {
    return [...this.#views].sort(([a], [b]) => compareText(a, b)).map(([, view]) => view);
  }

  /** The backends that routes name and that were used; the default backend is not among them. */
  backends(): readonly Backend[] {
    return [...this.#backends.values()];
  }

  #locationOf(subject: ErrorSubject): NginxToken {
    const name = digestName(JSON.stringify(subject));
    const location = errorLocation(name);
    if (!this.#views.has(name)) this.#views.set(name, { location, url: errorPageUrl(subject) });
    return location;
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

function statuses(codes: readonly number[]): readonly NginxToken[] {
  return [...new Set(codes)].sort((a, b) => a - b).map(errorStatus);
}
