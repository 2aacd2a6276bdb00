/**
 * Duty: a real Kubernetes API server for tests: kube-apiserver on etcd, on free ports of loopback, with nothing of a
 * cluster around it: no controllers, no nodes, no scheduler.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeCertificate } from './certificate.ts';
import { freePort } from './free-port.ts';

export interface ApiServer {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** File with the certificate authority that signed the server's certificate. */
  readonly caFile: string;
  /** A bearer token that may do everything. */
  readonly adminToken: string;
  /** A kubeconfig file with that token. */
  readonly adminKubeconfig: string;
  /** A kubeconfig file with another token. */
  kubeconfigFor(token: string): Promise<string>;
  /** One request as the administrator; the parsed answer. Throws on every status but 2xx, with the server's words. */
  request(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Runs kubectl as the administrator; its standard output. Throws with its standard error when it fails. */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  /** A token of a ServiceAccount that exists, by TokenRequest; 10 minutes are the least that the server gives. */
  tokenFor(namespace: string, serviceAccount: string, seconds?: number): Promise<string>;
  /** Kills the API server; etcd stays. */
  stopServer(): Promise<void>;
  /** Starts it again on the same port; resolves when it is ready. */
  startServer(): Promise<void>;
  /** Makes etcd forget all but the newest state. */
  compact(): Promise<void>;
  /** Ends both and removes their files. */
  stop(): Promise<void>;
}

export interface ApiServerOptions {
  /** Further flags of kube-apiserver. */
  readonly flags?: readonly string[];
}

const USUAL_DIRECTORY = '/usr/local/kubebuilder/bin';
const START_LIMIT_MS = 60_000;
const POLL_MS = 100;

/** The directory with `kube-apiserver`, `etcd` and `kubectl` (KUBEBUILDER_ASSETS); undefined when they are not there. */
export function apiServerAssets(): string | undefined {
  const directory = process.env['KUBEBUILDER_ASSETS'] ?? USUAL_DIRECTORY;
  const programs = ['kube-apiserver', 'etcd', 'kubectl'];
  return programs.every((program) => existsSync(join(directory, program))) ? directory : undefined;
}

/** Starts both; resolves when the API server is ready, some seconds later. Throws when the programs are not there. */
export async function startApiServer({ flags = [] }: ApiServerOptions = {}): Promise<ApiServer> {
  const assets = apiServerAssets();
  if (assets === undefined) throw new Error('KUBEBUILDER_ASSETS names no directory with kube-apiserver, etcd, kubectl');
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-api-server-'));
  const files = await writeFiles(directory);
  const [etcdPort, peerPort, port] = await Promise.all([freePort(), freePort(), freePort()]);
  const etcd = new Program(join(assets, 'etcd'), etcdArguments(directory, { etcdPort, peerPort }));
  const server = new Program(join(assets, 'kube-apiserver'), [
    ...serverArguments(files, { etcdPort, port, directory }),
    ...flags,
  ]);
  const url = `https://127.0.0.1:${port}`;
  const kubeconfigFor = async (token: string): Promise<string> => {
    const file = join(directory, `kubeconfig-${randomBytes(6).toString('hex')}`);
    await writeFile(file, renderKubeconfig({ url, caFile: files.ca, token }), { mode: 0o600 });
    return file;
  };
  const admin = new Administrator({ url, caPem: files.caPem, token: files.adminToken });
  const startServer = async (): Promise<void> => {
    server.start();
    await server.untilTrue(() => admin.isReady());
  };
  const stop = async (): Promise<void> => {
    await server.end();
    await etcd.end();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    etcd.start();
    await startServer();
    const adminKubeconfig = await kubeconfigFor(files.adminToken);
    return {
      url,
      port,
      caFile: files.ca,
      adminToken: files.adminToken,
      adminKubeconfig,
      kubeconfigFor,
      request: (method, path, body) => admin.request(method, path, body),
      kubectl: (args, stdin = '') => run(join(assets, 'kubectl'), [`--kubeconfig=${adminKubeconfig}`, ...args], stdin),
      tokenFor: (namespace, serviceAccount, seconds = 3600) => admin.tokenFor(namespace, serviceAccount, seconds),
      stopServer: () => server.end(),
      startServer,
      compact: () => compact(etcdPort),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Files {
  readonly ca: string;
  readonly caPem: string;
  readonly certificate: string;
  readonly key: string;
  readonly tokens: string;
  readonly accountKey: string;
  readonly adminToken: string;
}

async function writeFiles(directory: string): Promise<Files> {
  const ca = await makeCertificate({ hosts: ['test authority'], usage: 'ca' });
  const own = await makeCertificate({ hosts: ['localhost', '127.0.0.1', '10.0.0.1'], ca });
  const adminToken = randomBytes(16).toString('hex');
  const accountKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const write = async (name: string, text: string): Promise<string> => {
    const file = join(directory, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  return {
    ca: await write('ca.pem', ca.certPem),
    caPem: ca.certPem,
    certificate: await write('server.pem', own.certPem),
    key: await write('server-key.pem', own.keyPem),
    tokens: await write('tokens.csv', `${adminToken},admin,admin,system:masters\n`),
    accountKey: await write('accounts.pem', accountKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    adminToken,
  };
}

function etcdArguments(
  directory: string,
  { etcdPort, peerPort }: { readonly etcdPort: number; readonly peerPort: number },
): readonly string[] {
  const client = `http://127.0.0.1:${etcdPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    `--data-dir=${join(directory, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync=true',
    '--log-level=error',
  ];
}

function serverArguments(
  files: Files,
  { etcdPort, port, directory }: { readonly etcdPort: number; readonly port: number; readonly directory: string },
): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${directory}`,
    `--tls-cert-file=${files.certificate}`,
    `--tls-private-key-file=${files.key}`,
    `--token-auth-file=${files.tokens}`,
    '--authorization-mode=RBAC',
    `--service-account-issuer=https://127.0.0.1:${port}`,
    `--service-account-signing-key-file=${files.accountKey}`,
    `--service-account-key-file=${files.accountKey}`,
    '--service-cluster-ip-range=10.0.0.0/16',
    // Nobody makes a default ServiceAccount in each namespace, and Pods are to be had all the same.
    '--disable-admission-plugins=ServiceAccount',
    '--allow-privileged=true',
  ];
}

/** A program that can be started again and again. */
class Program {
  readonly #file: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #said = '';

  constructor(file: string, args: readonly string[]) {
    this.#file = file;
    this.#args = args;
  }

  start(): void {
    const child = spawn(this.#file, this.#args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#said = (this.#said + text).slice(-4000)));
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    this.#child = child;
  }

  async untilTrue(condition: () => Promise<boolean>): Promise<void> {
    const deadlineMs = performance.now() + START_LIMIT_MS;
    while (!(await condition())) {
      if (this.#child?.exitCode !== null) throw new Error(`${this.#file} ended: ${this.#said}`);
      if (performance.now() > deadlineMs) throw new Error(`${this.#file} is not ready: ${this.#said}`);
      await delay(POLL_MS);
    }
  }

  async end(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}

interface Access {
  readonly url: string;
  readonly caPem: string;
  readonly token: string;
}

class Administrator {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  async isReady(): Promise<boolean> {
    return this.#ask('GET', '/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const { status, text } = await this.#ask(method, path, body);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text) as unknown;
  }

  async tokenFor(namespace: string, serviceAccount: string, expirationSeconds: number): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
    const answer = await this.request('POST', path, { spec: { expirationSeconds } });
    return (answer as { readonly status: { readonly token: string } }).status.token;
  }

  #ask(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly text: string }> {
    const { url, caPem, token } = this.#access;
    return new Promise((resolve, reject) => {
      const asking = httpsRequest(`${url}${path}`, {
        method,
        agent: new Agent({ ca: caPem }),
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        },
      });
      asking.once('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.once('close', () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      asking.once('error', reject);
      asking.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

function renderKubeconfig({ url, caFile, token }: { url: string; caFile: string; token: string }): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority': caFile } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  });
}

/** etcd's gateway from JSON: keys are base64, `/` stands before all that Kubernetes keeps. */
async function compact(etcdPort: number): Promise<void> {
  const ask = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${etcdPort}/v3/kv/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const range = (await ask('range', { key: Buffer.from('/').toString('base64') })) as {
    readonly header: { readonly revision: string };
  };
  await ask('compaction', { revision: range.header.revision, physical: true });
}

function run(file: string, args: readonly string[], stdin: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`kubectl ${args.slice(1).join(' ')}: ${err}`));
    });
    child.stdin.end(stdin);
  });
}
