/**
 * Duty: what is known about one error, of which a page is made. All text in it came with the request and may be hostile.
 */
import type { ErrorReason } from './error-reason.ts';

export interface ErrorFacts {
  /** From 400 to 599, whole. */
  readonly status: number;
  /** Why the proxy gave this status, where it says so. */
  readonly reason?: ErrorReason | undefined;
  /** The number by which operators find the request in the logs. */
  readonly reference: string;
  /** Shown as they are; for readers who may see them only, none for everybody else. */
  readonly details?: ErrorDetails | undefined;
}

/** What the proxy says about the request. */
export interface ErrorDetails {
  readonly host?: string | undefined;
  readonly uri?: string | undefined;
  readonly namespace?: string | undefined;
  readonly ingress?: string | undefined;
  readonly service?: string | undefined;
  readonly servicePort?: string | undefined;
}
