/**
 * Duty: what the pipeline asks of the world, as small interfaces. Adapters implement them; each has a contract spec
 * that is run against the fake and the real one.
 */
import type { ObjectKey, Problem } from '@gatehouse/core';
import type { Ingress, Snapshot, StatusAddress } from '@gatehouse/kube-model';
import type { Bundle } from '@gatehouse/nginx';

/** Time. */
export interface Clock {
  /** Milliseconds that only ever grow; for intervals. */
  monotonicMs(): number;
  /** Milliseconds since 1970; for certificates and messages only. */
  nowMs(): number;
  /** Calls `callback` once after `delayMs`; the answer cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** What a change is of: the endpoints of Services alone, or anything else. */
export type ChangeKind = 'endpoints' | 'structure';

/** Where objects come from: the API server or a directory of files. */
export interface ObjectSource {
  /**
   * Resolves when the first whole state is known. From then on `onChange` is called after every change; a source that
   * does not tell changes apart says nothing, which means `structure`.
   */
  start(onChange: (of?: ChangeKind) => void): Promise<void>;
  /** The state as it is now. */
  snapshot(): Snapshot;
  stop(): Promise<void>;
}

/** Where requests are sent: an address and port with a share of the traffic. */
export interface Endpoint {
  /** IPv4, or IPv6 without brackets, in canonical text. */
  readonly address: string;
  readonly port: number;
  /** 1 to 65535; an endpoint's share is its weight among those of the name. */
  readonly weight: number;
}

/** Endpoints that reach nginx without a configuration. */
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

/** The running nginx. */
export interface NginxProcess {
  /**
   * Makes nginx use the endpoints of these upstreams, which have theirs by DNS, those that it will only have with the next
   * configuration among them. Does not wait for an `apply`. `changes`: what was told before is known still; `all`: that is uncertain. Throws when nobody
   * can be told.
   */
  setEndpoints(told: Bundle['told'], telling: 'all' | 'changes'): Promise<void>;
  /**
   * Writes the generation, tests it, switches to it and proves that it runs, with the certificates it names. A refused configuration leaves
   * everything as it was, and so does one that needs a reload while more than `mostDraining` old generations of workers
   * drain, but for certificates that need none. `onReload` is called when nginx is about to be told to reload: from then on
   * there may be a generation more, whatever comes of it. Throws on faults of the machine (disk full, nginx gone and not startable).
   */
  apply(bundle: Bundle, mostDraining?: number, onReload?: () => void): Promise<ApplyResult>;
  /** Old workers that serve their last connections. Never throws; none, when that is not known. */
  draining(): Promise<Draining>;
  /** Asks nginx whether it would take the configuration; changes nothing that runs. Throws as `apply` does. */
  test(bundle: Bundle): Promise<TestResult>;
  /**
   * Ends nginx: gracefully, then at once when `graceMs` have passed, or when it is called again with 0. Resolves when no
   * process is left.
   */
  stop(graceMs: number): Promise<void>;
}

export type ApplyResult =
  | {
      readonly kind: 'applied';
      /** Left out: it ran already. */
      readonly reloadMs?: number;
      readonly unusableCertificates?: readonly UnusableCertificate[];
    }
  /** The configuration ran already, and now with newer certificates: nothing was reloaded. */
  | { readonly kind: 'renewed'; readonly unusableCertificates: readonly UnusableCertificate[] }
  /** So many generations drain that nginx was not reloaded. */
  | {
      readonly kind: 'postponed';
      readonly draining: number;
      readonly unusableCertificates: readonly UnusableCertificate[];
    }
  | Refusal;

/** Old workers of nginx; those of one configuration are a generation. */
export interface Draining {
  readonly workers: number;
  readonly generations: number;
}

/** nginx cannot use the certificate of a Secret: hosts keep the one before, or, without one, have the self-signed one. */
export interface UnusableCertificate {
  readonly secret: ObjectKey;
  /** What its hosts show. */
  readonly standsIn: 'the one before' | 'the self-signed one';
}

export type TestResult = { readonly kind: 'accepted' } | Refusal;

export interface Refusal {
  readonly kind: 'refused';
  /** nginx' own words. */
  readonly message: string;
  /** The line of nginx.conf, when it named one. */
  readonly line?: number;
}

/** Writes addresses into the status of Ingresses, to wherever they came from. */
export interface StatusSink {
  write(ingress: Ingress, addresses: readonly StatusAddress[]): Promise<void>;
}

/** An Event as `kubectl describe` shows it. */
export interface EventRecord {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** The object it is about; namespace and name of an Ingress, ConfigMap or Pod. */
  readonly object: Problem['object'];
  /** Of that object, as it was last seen; left out when it comes from a file or was never seen. */
  readonly uid?: string;
  /** What a Warning about an object tells of. */
  readonly problem?: Problem;
}

export interface EventSink {
  record(event: EventRecord): void;
}

/** Structured logging: a constant message with the data beside it. */
export interface Logger {
  debug(message: string, data?: Readonly<Record<string, unknown>>): void;
  info(message: string, data?: Readonly<Record<string, unknown>>): void;
  warn(message: string, data?: Readonly<Record<string, unknown>>): void;
  error(message: string, data?: Readonly<Record<string, unknown>>): void;
}
