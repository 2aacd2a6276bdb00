/**
 * Duty: what the thread of the DNS server and the program around it say to each other.
 */
import type { DnsCounts, DnsServerOptions } from './dns-server.ts';
import type { EndpointChange } from '@gatehouse/pipeline';

export interface ThreadStart {
  readonly options: DnsServerOptions;
  /** Everything that is known; taken before the first question is heard. */
  readonly changes: readonly EndpointChange[];
}

export type ToThread =
  | { readonly kind: 'set'; readonly changes: readonly EndpointChange[] }
  | { readonly kind: 'again'; readonly names: readonly string[] }
  | {
      readonly kind: 'watch';
      readonly watch: number;
      readonly questions: readonly string[];
      readonly limitMs: number;
    };

/** `alive` is said once nginx can ask, and each second from then on. */
export type FromThread =
  | { readonly kind: 'alive'; readonly counts: DnsCounts }
  | { readonly kind: 'told'; readonly watch: number; readonly isTold: boolean };
