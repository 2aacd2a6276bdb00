/**
 * Duty: who a kubeconfig says we are, and the server that a flag names. client-node reads kubeconfigs, with all their
 * ways to get a token; it is loaded only here and only when asked for, because it is large.
 */
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { isAbsolute } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Credentials, Identity, ServerTls } from './identity.ts';

export interface KubeconfigOptions {
  /** Empty: no kubeconfig, so that the server must ask for no proof. */
  readonly kubeconfig: string;
  /** Takes the place of the kubeconfig's server; empty: that one stays. */
  readonly apiServerHost: string;
  /** A PEM file that takes the place of the kubeconfig's authorities; empty: those stay. */
  readonly certificateAuthority: string;
}

/** Programs that give tokens remember them for as long as they are good, so asking so often costs little. */
const REREAD_MS = 60_000;

/** Reads the files at least every minute, and at once when the server refused what they said. */
export class KubeconfigIdentity implements Identity {
  readonly #options: KubeconfigOptions;
  #credentials: Promise<Credentials> | undefined;
  #readAtMs = 0;

  constructor(options: KubeconfigOptions) {
    this.#options = options;
  }

  current(): Promise<Credentials> {
    if (performance.now() - this.#readAtMs >= REREAD_MS) this.#credentials = undefined;
    this.#credentials ??= this.#read();
    return this.#credentials;
  }

  refused(): void {
    this.#credentials = undefined;
  }

  async #read(): Promise<Credentials> {
    this.#readAtMs = performance.now();
    try {
      return await readCredentials(this.#options);
    } catch (error) {
      this.#credentials = undefined;
      throw error;
    }
  }
}

async function readCredentials(options: KubeconfigOptions): Promise<Credentials> {
  const found = options.kubeconfig === '' ? withoutProof() : await readKubeconfig(options.kubeconfig);
  const server = options.apiServerHost === '' ? found.server : options.apiServerHost;
  const ca = options.certificateAuthority === '' ? undefined : await readAuthorities(options.certificateAuthority);
  return {
    ...found,
    server: checkedServer(server),
    tls: ca === undefined ? found.tls : { ...found.tls, ca },
  };
}

function withoutProof(): Credentials {
  return { server: '', tls: {}, headers: {} };
}

async function readKubeconfig(path: string): Promise<Credentials> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const kubeconfig = new KubeConfig();
  try {
    kubeconfig.loadFromFile(path);
  } catch (error) {
    throw new Error(`the kubeconfig ${path} cannot be read`, { cause: error });
  }
  const cluster = kubeconfig.getCurrentCluster();
  if (cluster === null) throw new Error(`the kubeconfig ${path} has no current context with a cluster`);
  const { proxyUrl, ...direct } = cluster;
  const user = kubeconfig.getCurrentUser() ?? { name: '' };
  // The connection is made by us: without the proxy and the check of TLS, client-node makes none that could fail.
  const plain = cluster.server.startsWith('http:') ? { ...direct, skipTLSVerify: true } : direct;
  kubeconfig.loadFromClusterAndUser(plain, user);
  const options = await authenticate(kubeconfig, path);
  return {
    server: cluster.server,
    ...(proxyUrl === undefined || proxyUrl === '' ? {} : { proxy: checkedProxy(proxyUrl) }),
    tls: tlsOf(options),
    headers: headersOf(options),
  };
}

async function authenticate(kubeconfig: KubeConfig, path: string): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await kubeconfig.applyToHTTPSOptions(options);
  } catch (error) {
    throw new Error(`what the kubeconfig ${path} says of the user cannot be used`, { cause: error });
  }
  return options;
}

function tlsOf({ ca, cert, key, passphrase, servername, rejectUnauthorized }: RequestOptions): ServerTls {
  return {
    ...pemOf('ca', ca),
    ...pemOf('cert', cert),
    ...pemOf('key', key),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}

/** client-node gives bytes of files and text of programs. */
function pemOf<Name extends string>(name: Name, pem: unknown): Partial<Record<Name, string>> {
  const text = Buffer.isBuffer(pem) ? pem.toString('utf8') : pem;
  return typeof text === 'string' ? ({ [name]: text } as Record<Name, string>) : {};
}

function headersOf({ auth, headers }: RequestOptions): Readonly<Record<string, string>> {
  const basic = typeof auth !== 'string' ? {} : { authorization: `Basic ${Buffer.from(auth).toString('base64')}` };
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return { ...basic, ...(Object.fromEntries(given) as Record<string, string>) };
}

async function readAuthorities(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const hint = isAbsolute(path) ? '' : ' (it is looked for in the working directory)';
    throw new Error(`the certificate authority ${path} cannot be read${hint}`, { cause: error });
  }
}

/** As people write it: `localhost:8001` means plain HTTP, as for kubectl. */
function checkedServer(text: string): string {
  const address = text.includes('://') ? text : `http://${text}`;
  const isServer = /^https?:\/\/[^/?#@]+(\/[^?#]*)?$/.test(address) && URL.canParse(address);
  if (!isServer) {
    // What stands before an @ is most likely a password.
    const found = text.replace(/^.*@/, '…@');
    throw new Error(`the API server must be an address such as https://10.96.0.1:443, found ${found}`);
  }
  return address.replace(/\/+$/, '');
}

function checkedProxy(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new Error('the proxy-url of the kubeconfig must begin with http:// or https://; others are not supported');
}
