/**
 * Duty: the server that asks error backends for pages.
 */
import { compareText } from '@gatehouse/core';
import type { Backend } from '@gatehouse/routing';
import type { RenderOptions } from '../render-options.ts';
import type { ErrorsView } from '../templates/errors.ts';
import { unixSocket } from '../tokens/constructors.ts';
import { errorLocation, errorPagePath } from '../tokens/own-names.ts';
import type { NginxToken } from '../tokens/token.ts';
import type { PlanContext } from './context.ts';
import { upstreamOf, type Upstream } from './names.ts';
import { hangUpUrl } from './endpoint-dns.ts';
import { reachBackend, urlOf } from './plan-backend.ts';

export interface ErrorsPlan {
  readonly view: ErrorsView;
  readonly upstreams: readonly Upstream[];
}

/** `backends` by the names that hosts call them by. */
export function planErrors(backends: ReadonlyMap<string, Backend>, context: PlanContext): ErrorsPlan {
  const sorted = [...backends].sort(([a], [b]) => compareText(a, b));
  const upstreams: Upstream[] = [];
  const hangsUp = hangUpUrl(context.options);
  const views = sorted.flatMap(([name, backend]): ErrorsView['backends'] => {
    const reach = reachBackend(backend, context.options);
    if (reach.kind === 'unavailable' || reach.kind === 'unresolvable') return [];
    if (reach.kind === 'upstream') upstreams.push(upstreamOf(backend, 'http'));
    const resolved = reach.kind === 'resolved' ? reach.address : undefined;
    const withoutBody = errorLocation(name);
    const forced = hangsUp && planForced(name, { withoutBody, hangsUp });
    return [{ path: errorPagePath(name), withoutBody, resolved, url: urlOf(reach, 'http'), forced }];
  });
  return { view: { socket: errorSocket(context.options), backends: views }, upstreams };
}

type Forced = NonNullable<ErrorsView['backends'][number]['forced']>;

function planForced(backend: string, rest: Pick<Forced, 'hangsUp' | 'withoutBody'>): Forced {
  return { ...rest, idlePath: errorPagePath(backend, '/idle'), lostPath: errorPagePath(backend, '/lost') };
}

/** Where the server of error pages listens. */
export function errorSocket({ runtimeDirectory }: RenderOptions): NginxToken {
  return unixSocket(`${runtimeDirectory}/proxy/errors.sock`);
}
