/**
 * Duty: who we are to an API server, and how we know that it is the right one. Must not know any request.
 */

/** What a TLS connection to the server is made with. Left out: what Node takes by itself. */
export interface ServerTls {
  /** PEM of the authorities that may have signed the server's certificate. */
  readonly ca?: string;
  /** PEM of our own certificate and its key, where we prove who we are by one. */
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** The name that the server's certificate must have, when it is not the one we connect to. */
  readonly servername?: string;
  /** False only where a kubeconfig says insecure-skip-tls-verify. */
  readonly rejectUnauthorized?: boolean;
}

/** Everything that a request is sent with. */
export interface Credentials {
  /** `https://10.96.0.1:443`, perhaps with a path before that of every request; no slash at the end. */
  readonly server: string;
  /** An HTTP proxy to go through. */
  readonly proxy?: string;
  readonly tls: ServerTls;
  /** Sent with every request; never logged. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Where credentials come from. */
export interface Identity {
  /** The credentials that are good now; read anew when they may have changed. Throws when they cannot be read. */
  current(): Promise<Credentials>;
  /** The server did not take the last ones, or could not be reached with them: the next ones must be read anew. */
  refused(): void;
}
