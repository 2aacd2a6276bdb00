/**
 * Duty: what an nginx whose endpoints come by DNS needs of whoever answers it. libs/endpoint-dns does.
 */
import type { Endpoint, EndpointFeed } from '@gatehouse/pipeline';

export interface EndpointSide extends EndpointFeed {
  /**
   * Watches who asks from now on: the answer resolves with true once each of these questions has been answered to somebody
   * who did not ask it before, and nobody asks for anything more; with false after `limitMs`.
   */
  watchTelling(questions: readonly string[], limitMs: number): Promise<boolean>;
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
