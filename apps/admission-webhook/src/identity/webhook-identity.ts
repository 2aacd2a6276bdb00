/**
 * Duty: the port for what the webhook shows its clients: a certificate with its key, which may change at any time. Must
 * not know where one comes from.
 */
import type { TlsIdentity } from '@gatehouse/http';

/** For metrics. */
export interface IdentityFacts {
  /** Milliseconds since 1970 at which it ends, by what ends: `serving`, and `authority` where there is one of ours. */
  readonly endsMs: ReadonlyMap<string, number>;
  /** How often another certificate was taken, the first one not counted. */
  readonly changes: number;
  /** How often something went wrong, by what was tried. */
  readonly failures: ReadonlyMap<string, number>;
}

export interface WebhookIdentity {
  /** Resolves as soon as there is something to begin with, which nobody may trust yet (`whyUnready`). */
  start(): Promise<void>;
  /** What new connections get. */
  current(): TlsIdentity;
  /** PEM: what clients have to trust. */
  trusted(): string;
  /** Called after each change of `current`. */
  onChange(listener: () => void): void;
  /** Why no client can trust `current`, in one sentence; undefined when nothing is known against it. */
  whyUnready(): string | undefined;
  facts(): IdentityFacts;
  stop(): Promise<void>;
}
