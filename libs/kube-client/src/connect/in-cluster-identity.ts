/**
 * Duty: who a Pod is: the token and the authorities that the kubelet puts into files and replaces from time to time.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credentials, Identity } from './identity.ts';

export interface InClusterOptions {
  /** What KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT say. */
  readonly host: string;
  readonly port: string;
  /** Where the service account's files are; only tests need another. */
  readonly directory?: string;
  /** How old what was read may become. */
  readonly rereadMs?: number;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The kubelet replaces a token long before it expires, so that nobody needs to look more often. */
const REREAD_MS = 60_000;
/** A token file that is larger is none. */
const MAX_TOKEN_CHARACTERS = 64 * 1024;

/** Reads `token` and `ca.crt`, at least every minute, and at once when the server refused the last token. */
export class InClusterIdentity implements Identity {
  readonly #server: string;
  readonly #directory: string;
  readonly #rereadMs: number;
  #credentials: Promise<Credentials> | undefined;
  #readAtMs = 0;

  constructor({ host, port, directory = SERVICE_ACCOUNT, rereadMs = REREAD_MS }: InClusterOptions) {
    this.#server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
    this.#directory = directory;
    this.#rereadMs = rereadMs;
  }

  current(): Promise<Credentials> {
    if (performance.now() - this.#readAtMs >= this.#rereadMs) this.#credentials = undefined;
    this.#credentials ??= this.#read();
    return this.#credentials;
  }

  refused(): void {
    this.#credentials = undefined;
  }

  async #read(): Promise<Credentials> {
    this.#readAtMs = performance.now();
    try {
      const [token, ca] = await Promise.all([this.#readToken(), this.#readFile('ca.crt')]);
      return { server: this.#server, tls: { ca }, headers: { authorization: `Bearer ${token}` } };
    } catch (error) {
      // What could not be read now may be there the next time.
      this.#credentials = undefined;
      throw error;
    }
  }

  async #readToken(): Promise<string> {
    const token = (await this.#readFile('token')).trim();
    // Anything else cannot be sent as a header; what it is instead is not told, since it may be a secret all the same.
    if (/^[\x21-\x7e]+$/.test(token) && token.length <= MAX_TOKEN_CHARACTERS) return token;
    throw new Error(`the service account's token ${join(this.#directory, 'token')} is empty or no token`);
  }

  async #readFile(name: string): Promise<string> {
    const path = join(this.#directory, name);
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      throw new Error(`the service account's file ${path} cannot be read`, { cause: error });
    }
  }
}
