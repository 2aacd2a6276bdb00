/**
 * Duty: the admission webhook with the arguments and under the ServiceAccount of the manifests, and a real API server that
 * asks it by the manifests' own ValidatingWebhookConfiguration, into which the webhook puts its certificate authority. Only
 * the address differs: there is no network of Services here.
 */
import { spawn } from 'node:child_process';
import { request } from 'node:https';
import { join } from 'node:path';
import { runAdmissionWebhook } from '@gatehouse/admission-webhook';
import { apiServerAssets, freePort, until, type ApiServer } from '@gatehouse/testing';
import { NAMESPACE, ofKind, readManifests, toYamlStream, workloadOf, type KubeObject } from './deployment.ts';

/** What the webhook answers. */
interface Verdict {
  readonly allowed: boolean;
  readonly status?: { readonly message: string };
  readonly warnings?: readonly string[];
}

export interface RegisteredWebhook {
  /** Asks it what no API server of today would: the `request` of an AdmissionReview. */
  judge(request: object): Promise<Verdict>;
  /** How many requests have come, whatever became of them. */
  asked(): Promise<number>;
  /** Its log, one JSON object for each line. */
  log(): readonly Readonly<Record<string, unknown>>[];
  /** Makes the configuration of these manifests the one that the API server goes by. */
  register(manifests: string): Promise<void>;
  /** Ends the webhook; the API server goes on asking. */
  stop(): Promise<void>;
  /** Starts it again in the same place; resolves when it judges. */
  start(): Promise<void>;
  /** Ends it; the API server is the caller's. */
  close(): Promise<void>;
}

interface Hook {
  readonly name: string;
  readonly failurePolicy: string;
  readonly clientConfig: {
    readonly caBundle?: string;
    readonly service?: Readonly<Record<'name' | 'namespace' | 'path', string>> & { readonly port: number };
  };
  readonly [field: string]: unknown;
}
export interface HookConfiguration extends KubeObject {
  readonly webhooks: readonly Hook[];
}

const HOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

/** The configuration in the manifests of a directory. */
async function readHookConfiguration(manifests: string): Promise<HookConfiguration> {
  const [found] = ofKind(await readManifests(manifests), 'ValidatingWebhookConfiguration');
  if (found === undefined) throw new Error(`${manifests} has no ValidatingWebhookConfiguration`);
  return found as HookConfiguration;
}

export interface WebhookOptions {
  readonly flags?: readonly string[];
}

/** Applies the base to the API server, starts the webhook, and has it asked. */
export async function registerWebhook(
  server: ApiServer,
  { flags = [] }: WebhookOptions = {},
): Promise<RegisteredWebhook> {
  const base = await readManifests('base');
  // Registered below, by an address that the API server reaches.
  const objects = base.filter(({ kind }) => kind !== 'ValidatingWebhookConfiguration');
  await server.kubectl(['apply', '-f', '-'], toYamlStream(objects));
  const [port, healthPort] = await Promise.all([freePort(), freePort()]);
  const [{ args = [] } = {}] = workloadOf(base, 'admission-webhook').spec.template.spec.containers;
  const kubeconfig = await server.kubeconfigFor(await server.tokenFor(NAMESPACE, 'ingress-nginx-admission'));
  let log = '';
  let end = new AbortController();
  let ended: Promise<number> = Promise.resolve(0);
  const health = async (path: string): Promise<Response | undefined> =>
    fetch(`http://127.0.0.1:${healthPort}${path}`).catch(() => undefined);

  const start = async (): Promise<void> => {
    end = new AbortController();
    ended = runAdmissionWebhook({
      argv: [
        `--kubeconfig=${kubeconfig}`,
        '--host=127.0.0.1',
        `--port=${port}`,
        `--health-port=${healthPort}`,
        ...args,
        ...flags,
      ],
      env: { POD_NAME: 'one', POD_NAMESPACE: NAMESPACE },
      stdout: { write: () => true },
      stderr: { write: (text) => (log += text) },
      signal: end.signal,
    });
    await until(async () => (await health('/readyz'))?.status === 200);
  };
  const stop = async (): Promise<void> => {
    end.abort();
    await ended;
  };
  await start();
  return {
    start,
    stop,
    judge: async (request) => judge({ port, caPem: await readBundle(server) }, request),
    log: () =>
      log
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async asked() {
      const text = (await (await health('/metrics'))?.text()) ?? '';
      const counters = text.matchAll(/^gatehouse_admission_(?:reviews|refused)_total(?:\{.*\})? (\d+)$/gm);
      return [...counters].reduce((sum, [, count]) => sum + Number(count), 0);
    },
    async register(manifests) {
      const { metadata, webhooks } = await readHookConfiguration(manifests);
      const clientConfig = { url: `https://127.0.0.1:${port}/validate` };
      const configuration = { metadata, webhooks: webhooks.map((hook) => ({ ...hook, clientConfig })) };
      await server.request('DELETE', `${HOOKS}/${metadata.name}`).catch(() => undefined);
      await server.request('POST', HOOKS, configuration);
      await untilAsked(server);
    },
    close: stop,
  };
}

/** Whom the webhook has told the API server to believe. */
async function readBundle(server: ApiServer): Promise<string> {
  const { webhooks } = (await server.request('GET', `${HOOKS}/ingress-nginx-admission`)) as HookConfiguration;
  return Buffer.from(webhooks[0]?.clientConfig.caBundle ?? '', 'base64').toString();
}

function judge({ port, caPem }: { readonly port: number; readonly caPem: string }, review: object): Promise<Verdict> {
  const body = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: review });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const url = `https://127.0.0.1:${port}/validate`;
    const asking = request(url, { method: 'POST', ca: caPem, agent: false, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve((JSON.parse(text) as { readonly response: Verdict }).response);
        else reject(new Error(`${url}: ${answer.statusCode} ${text}`));
      });
    });
    asking.once('error', reject).end(body);
  });
}

/** The API server takes a moment to go by a new configuration. */
async function untilAsked(server: ApiServer): Promise<void> {
  const bad = anIngress('probe', { annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': 'much' } });
  await until(async () => !(await kubectl(server, ['create', '--dry-run=server', '-f', '-'], bad)).succeeded);
}

export interface KubectlAnswer {
  readonly succeeded: boolean;
  readonly out: string;
  /** With warnings, and with the error when it failed. */
  readonly err: string;
}

/** kubectl as the administrator, with all that it prints; `object` goes to its standard input. */
export function kubectl(server: ApiServer, args: readonly string[], object?: object): Promise<KubectlAnswer> {
  return new Promise((resolve, reject) => {
    const program = join(apiServerAssets() ?? '', 'kubectl');
    const child = spawn(program, [`--kubeconfig=${server.adminKubeconfig}`, ...args]);
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ succeeded: code === 0, out, err }));
    child.stdin.end(object === undefined ? '' : JSON.stringify(object));
  });
}

export interface IngressShape {
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** null: names none. */
  readonly className?: string | null;
  readonly host?: string;
  readonly path?: string;
  readonly pathType?: string;
}

/** An Ingress of our class to `tea-svc`, at a host of its own. */
export function anIngress(name: string, shape: IngressShape = {}): KubeObject & { readonly spec: object } {
  const { namespace = 'default', annotations, className = 'nginx', host = `${name}.example.com` } = shape;
  const { path = '/', pathType = 'Prefix' } = shape;
  const backend = { service: { name: 'tea-svc', port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace, ...(annotations === undefined ? {} : { annotations }) },
    spec: {
      ...(className === null ? {} : { ingressClassName: className }),
      rules: [{ host, http: { paths: [{ path, pathType, backend }] } }],
    },
  };
}
