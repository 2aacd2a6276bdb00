/**
 * Duty: the locations of one host that fetch error pages. Routes of the same names share one.
 */
import { compareText } from '@gatehouse/core';
import type { ErrorPageView, LocationBodyView } from '../templates/server.ts';
import { errorStatus } from '../tokens/constructors.ts';
import { headerExpression } from '../tokens/expression.ts';
import { errorLocation } from '../tokens/own-names.ts';
import type { NginxToken } from '../tokens/token.ts';
import type { Content } from './content.ts';
import type { PlanContext } from './context.ts';
import { digestName, upstreamOf, type Upstream } from './names.ts';
import { reachBackend, urlOf } from './plan-backend.ts';

export class ErrorPages {
  readonly #context: PlanContext;
  readonly #views = new Map<string, ErrorPageView>();
  readonly #upstreams: Upstream[] = [];

  constructor(context: PlanContext) {
    this.#context = context;
  }

  /** What makes the error backend of `content` answer `codes`; undefined when there is none, or nothing to answer. */
  pageFor(content: Content, codes: readonly number[]): LocationBodyView['errorPage'] {
    const { errorBackend, names } = content;
    if (errorBackend === undefined || codes.length === 0) return undefined;
    const reach = reachBackend(errorBackend, this.#context.options);
    if (reach.kind === 'unavailable' || reach.kind === 'unresolvable') return undefined;
    const name = digestName(
      JSON.stringify([errorBackend.id, names.namespace, names.ingress, names.service, names.servicePort]),
    );
    const location = errorLocation(name);
    if (!this.#views.has(name)) {
      if (reach.kind === 'upstream') this.#upstreams.push(upstreamOf(errorBackend, 'http'));
      this.#views.set(name, {
        location,
        namespace: text(names.namespace),
        ingress: text(names.ingress),
        service: text(names.service),
        servicePort: text(names.servicePort),
        resolved: reach.kind === 'resolved' ? reach.address : undefined,
        url: urlOf(reach, 'http'),
      });
    }
    return { codes: [...new Set(codes)].sort((a, b) => a - b).map(errorStatus), location };
  }

  /** All of them, by name. */
  views(): readonly ErrorPageView[] {
    return [...this.#views].sort(([a], [b]) => compareText(a, b)).map(([, view]) => view);
  }

  /** What was needed for what was asked since the last call. */
  takeUpstreams(): readonly Upstream[] {
    return this.#upstreams.splice(0);
  }
}

function text(value: string): NginxToken {
  return headerExpression([{ kind: 'text', text: value }]);
}
