/**
 * Duty: what the thread of the DNS server and the program around it say to each other.
 */
import type { DnsCounts, DnsServerOptions } from './dns-server.ts';
import type { EndpointChange } from './endpoint-feed.ts';

export interface ThreadStart {
  readonly options: DnsServerOptions;
  /** Everything that is known; taken before the first question is heard. */
  readonly changes: readonly EndpointChange[];
}

export interface ToThread {
  readonly changes: readonly EndpointChange[];
}

/** Said once nginx can ask, and each second from then on. */
export interface FromThread {
  readonly counts: DnsCounts;
}
