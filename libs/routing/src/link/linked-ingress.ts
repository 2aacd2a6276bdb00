/**
 * Duty: what one Ingress brings to each of its hosts, with Services, endpoints and Secrets filled in, before other
 * Ingresses of the same hosts are looked at.
 */
import type { ObjectKey, Problem } from '@gatehouse/core';
import type { EndpointSlice, Ingress, Secret, Service } from '@gatehouse/kube-model';
import type { Certificate, Fallback, Route } from '../model.ts';

export interface LinkedIngress {
  readonly contributions: readonly HostContribution[];
  readonly problems: readonly Problem[];
  readonly uses: Uses;
}

export interface HostContribution {
  readonly ingress: Ingress;
  readonly host: string;
  /** Where the host is asked for, as `CheckedHost.field`. */
  readonly field: string;
  /** No earlier host of the Ingress is covered by the same wildcard. */
  readonly isFirstBelow: boolean;
  readonly routes: readonly LinkedRoute[];
  readonly fallback?: Fallback;
  readonly tls?: LinkedTls;
  readonly appRoot?: string;
  /** The namespaces that may bring something to the host, too, if the Ingress' own may decide on it. */
  readonly delegatesTo?: readonly string[];
}

export interface LinkedRoute {
  readonly route: Route;
  /** The path as its author wrote it. */
  readonly written: string;
}

export interface LinkedTls {
  /** `spec.tls[0].secretName`. */
  readonly field: string;
  /** Undefined means the default certificate was asked for. */
  readonly secret?: ObjectKey;
  /** Undefined means the default certificate is served, whatever was asked for. */
  readonly certificate?: Certificate;
}

/** All that a link depends on besides the Ingress itself: as long as this is the same, so is the link. */
interface Uses {
  readonly services: readonly UsedService[];
  readonly secrets: readonly UsedSecret[];
  /** The link holds at times from `fromMs` (included) to `untilMs` (excluded), since certificates begin and end. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface UsedService {
  readonly key: ObjectKey;
  readonly service: Service | undefined;
  readonly slices: readonly EndpointSlice[];
}

export interface UsedSecret {
  readonly key: ObjectKey;
  readonly secret: Secret | undefined;
}
