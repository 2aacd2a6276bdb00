/**
 * Duty: the port by which others say which endpoints a name has. Must not know how nginx learns of them.
 */

/** Where requests are sent: an address and port with a share of the traffic. */
export interface Endpoint {
  /** IPv4, or IPv6 without brackets, in canonical text. */
  readonly address: string;
  readonly port: number;
  /** 1 to 65535; an endpoint's share is its weight among those of the name. */
  readonly weight: number;
}

export interface EndpointChange {
  /** 16 to 40 small letters, from a digest: nothing of a user's. */
  readonly name: string;
  /** All of them, not what came and went. None: requests get 503. `forgotten`: nginx has no use for the name any more. */
  readonly endpoints: readonly Endpoint[] | 'forgotten';
}

export interface EndpointFeed {
  /** Takes effect at once and all together. Throws on a change that is not as described, and then takes none. */
  set(changes: readonly EndpointChange[]): void;
}
