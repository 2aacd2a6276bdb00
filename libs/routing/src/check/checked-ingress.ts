/**
 * Duty: what is left of one Ingress after everything was dropped that is wrong by itself, without a look at any other
 * object.
 */
import type { RoutePolicy } from '@gatehouse/annotations';
import type { ObjectKey, Problem } from '@gatehouse/core';
import type { Ingress, IngressBackend } from '@gatehouse/kube-model';
import type { Match } from '../model.ts';

export interface CheckedIngress {
  readonly ingress: Ingress;
  readonly policy: RoutePolicy;
  readonly problems: readonly Problem[];
  /** The hosts that it takes part in, each once, in order of the rules. Empty for a canary. */
  readonly hosts: readonly CheckedHost[];
  /** What `hosts` would be if it were no canary; empty for every other Ingress. */
  readonly canaryHosts: readonly CheckedHost[];
  /** `spec.defaultBackend`, for all of `hosts`. */
  readonly defaultBackend?: { readonly field: string; readonly backend: IngressBackend };
}

export interface CheckedHost {
  /** Empty for the catch-all host. */
  readonly name: string;
  /** Where it is asked for first: `spec.rules[0].host`, `spec.defaultBackend` without rules, or the annotation server-alias. */
  readonly field: string;
  readonly paths: readonly CheckedPath[];
  readonly tls?: CheckedTls;
}

export interface CheckedPath {
  /** `spec.rules[0].http.paths[1]`. */
  readonly field: string;
  readonly match: Match;
  /** As `Route.path`. */
  readonly path: string;
  /** As the author wrote it; `/` when it was empty. */
  readonly written: string;
  readonly backend: IngressBackend;
}

export interface CheckedTls {
  /** `spec.tls[0].secretName`. */
  readonly field: string;
  /** Undefined means the default certificate. */
  readonly secret?: ObjectKey;
}
