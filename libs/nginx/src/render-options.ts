/**
 * Duty: what render has to know about the machine: addresses, places and the abilities of the nginx that will run.
 */
import type { NginxCapabilities } from './capabilities.ts';

export interface ListenAddress {
  /** IPv4 or IPv6 address without brackets. */
  readonly address: string;
  readonly port: number;
}

export interface RenderOptions {
  readonly capabilities: NginxCapabilities;
  readonly http: readonly ListenAddress[];
  readonly https: readonly ListenAddress[];
  /** Where nginx tells how it is itself (/healthz, /nginx_status), to its own machine alone; left out: nowhere. */
  readonly statusPort?: number;
  /**
   * Absolute directory of everything that belongs to the running nginx. In it: `keys/` (certificates of the bundle
   * and `default.pem`, the self-signed certificate with its key), `proxy/temp/` (nginx' temporary files, existing),
   * `proxy/nginx.pid`, `proxy/proof.sock` (answers every request with the running digest), `proxy/tls.sock` (shows the
   * certificate of `keys/` that the client names), `proxy/errors.sock` (asks for error pages).
   */
  readonly runtimeDirectory: string;
  /** Name of the user that worker processes run as; undefined when nginx itself does not run as root. */
  readonly workerUser?: string;
  /** Their group; undefined means the one that is called like the user. */
  readonly workerGroup?: string;
  /**
   * Worker processes may read the directory `keys/`: where nginx can, it then looks at each handshake which certificate
   * is the newest. Left out: certificates are read with the configuration, by the process that starts nginx.
   */
  readonly workersReadKeys?: boolean;
  /** Addresses of DNS servers (IPv4, or IPv6 without brackets) for backends that are names; none means that they fail. */
  readonly resolvers?: readonly string[];
  /**
   * A port of 127.0.0.1 where a DNS server tells endpoints (libs/endpoint-dns), of 127.0.0.2 where nginx itself shall answer
   * 503 for a Service that has none, and of 127.0.0.3 where nobody listens, which is the same for TCP and UDP ports.
   * Undefined, or with an nginx that is too old: endpoints stand in the configuration.
   */
  readonly endpointDnsPort?: number;
  /** Worker processes when the settings name no number; undefined means one for each processor that nginx sees. */
  readonly processors?: number;
  /** How many files a process may have open, sockets counted; undefined means as many as nginx could use. */
  readonly openFileLimit?: number;
}
