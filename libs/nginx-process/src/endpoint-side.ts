/**
 * Duty: what an nginx whose endpoints come by DNS needs of whoever answers it. libs/endpoint-dns does.
 */
import type { Endpoint, EndpointFeed } from '@gatehouse/pipeline';

export interface EndpointSide extends EndpointFeed {
  /**
   * Watches who asks from now on: the answer resolves with true once somebody who did not ask before has been told the
   * endpoints of so many names, and asks for nothing more; with false after `limitMs`. Where nginx has both services of its
   * servers, it may know the endpoints under one already: only what is told under `service` is counted then.
   */
  watchTelling(names: number, limitMs: number, service?: 'first' | 'second'): Promise<boolean>;
  /** What nginx is to use, where that can be compared with what it does use. */
  readonly truth?: EndpointTruth | undefined;
}

export interface EndpointTruth {
  /** Names of upstreams whose endpoints are told. */
  names(): Iterable<string>;
  /** Never none; the same list until it changes; undefined for a name that is not known. */
  endpointsOf(name: string): readonly Endpoint[] | undefined;
  /** Tells these once more, to whoever waits for a change of them. */
  tellAgain(names: readonly string[]): void;
}
