/**
 * Duty: what an nginx whose endpoints come by DNS needs of whoever answers it. libs/endpoint-dns does.
 */
import type { EndpointFeed } from '@gatehouse/pipeline';

export interface EndpointSide extends EndpointFeed {
  /**
   * Watches who asks from now on: the answer resolves with true once somebody who did not ask before has been told the
   * endpoints of so many names, and asks for nothing more; with false after `limitMs`.
   */
  watchTelling(names: number, limitMs: number): Promise<boolean>;
}
