import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  sharedIdentity,
  startAdmissionWebhook,
  type AdmissionWebhook,
  type SharedIdentityOptions,
} from '@gatehouse/admission-webhook';
import { connectKubeApi, openCertificateStore } from '@gatehouse/kube-client';
import { RecordingLogger, startApiServer, systemClock, until, type ApiServer } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NAMESPACE, readManifests, toYamlStream } from './harness/deployment.ts';
import { anIngress } from './harness/registered-webhook.ts';

const SECRET = { namespace: NAMESPACE, name: 'ingress-nginx-admission-certificate' };
const SECRET_PATH = `/api/v1/namespaces/${NAMESPACE}/secrets/${SECRET.name}`;
const CONFIGURATION = 'ingress-nginx-admission';
const HOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const DRY_RUN = '/apis/networking.k8s.io/v1/namespaces/default/ingresses?dryRun=All';
const REPLICAS = 3;
/** A whole life in a minute; a machine that is busy may be some seconds late. */
const schedule = { servingLifeMs: 21_000, authorityLifeMs: 54_000, settleMs: 3000, lookMs: 1000, writePauseMs: 500 };
const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };

interface SecretJson {
  readonly data?: Readonly<Record<string, string>>;
}
interface HooksJson {
  readonly webhooks: readonly { readonly name: string; readonly clientConfig: { readonly caBundle?: string } }[];
}

const decode = (base64 = ''): string => Buffer.from(base64, 'base64').toString('utf8');
const certificatesIn = (pem: string): readonly X509Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );

describe('replicas of the webhook on an API server, with no more rights than they are deployed with', () => {
  let server: ApiServer;
  let directory = '';
  let kubeconfig = '';
  const logger = new RecordingLogger();
  const webhooks: AdmissionWebhook[] = [];

  /** A replica as it is deployed, but for the directory that is its world and the lives of what it makes. */
  async function startReplica(given: Partial<SharedIdentityOptions> = {}): Promise<AdmissionWebhook> {
    const ports = { clock: systemClock, logger, jitter: Math.random };
    const api = await connectKubeApi({ kubeconfig, logger });
    const store = openCertificateStore({ ...ports, api, secret: SECRET, configuration: CONFIGURATION });
    const identity = sharedIdentity({ ...ports, store, names, schedule, ...given });
    const where = { host: '127.0.0.1', port: 0, healthPort: 0, manifests: [directory] };
    const webhook = await startAdmissionWebhook({ ...where, identity, logger });
    webhooks.push(webhook);
    return webhook;
  }

  const secret = async (): Promise<Readonly<Record<string, string>>> => {
    const { data = {} } = (await server.request('GET', SECRET_PATH)) as SecretJson;
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decode(value)]));
  };
  const bundles = async (): Promise<readonly string[]> => {
    const { webhooks: hooks } = (await server.request('GET', `${HOOKS}/${CONFIGURATION}`)) as HooksJson;
    return hooks.map(({ clientConfig }) => decode(clientConfig.caBundle));
  };
  /** Each replica is asked about each Ingress. */
  const configuration = () => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: CONFIGURATION },
    webhooks: webhooks.slice(0, REPLICAS).map(({ port }, index) => ({
      name: `replica-${index}.admission.gatehouse`,
      clientConfig: { url: `https://127.0.0.1:${port}/validate` },
      rules: [
        { apiGroups: ['networking.k8s.io'], apiVersions: ['v1'], resources: ['ingresses'], operations: ['CREATE'] },
      ],
      ...{ sideEffects: 'None', admissionReviewVersions: ['v1'], failurePolicy: 'Fail', timeoutSeconds: 10 },
    })),
  });
  const apply = (): Promise<string> => server.kubectl(['apply', '-f', '-'], JSON.stringify(configuration()));
  const isReady = async ({ healthPort }: AdmissionWebhook): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).status === 200;
  const isWritten = async (): Promise<boolean> => {
    const { 'ca.crt': bundle = '' } = await secret();
    return bundle !== '' && (await bundles()).every((told) => told === bundle);
  };
  const tryIngress = (): Promise<string | undefined> =>
    server.request('POST', DRY_RUN, anIngress(`try-${Math.random().toString(36).slice(2)}`)).then(
      () => undefined,
      (error: unknown) => String(error),
    );

  beforeAll(async () => {
    server = await startApiServer();
    directory = await mkdtemp(join(tmpdir(), 'gatehouse-certificates-'));
    const objects = (await readManifests('base')).filter(({ kind }) => kind !== 'ValidatingWebhookConfiguration');
    await server.kubectl(['apply', '-f', '-'], toYamlStream(objects));
    kubeconfig = await server.kubeconfigFor(await server.tokenFor(NAMESPACE, 'ingress-nginx-admission'));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(webhooks.map((webhook) => webhook.close(0)));
    await server.stop();
    await rm(directory, { recursive: true });
    expect(JSON.stringify(logger.entries)).not.toMatch(/PRIVATE KEY|MIG[A-Za-z0-9]{10}|LS0tLS1CRUdJTiBQUklW/);
  });

  it('agree on one certificate, though all start at once and nothing is there yet', async () => {
    await Promise.all(Array.from({ length: REPLICAS }, () => startReplica()));
    await until(async () => (await Promise.all(webhooks.map(isReady))).every(Boolean));
    const { 'ca.crt': bundle = '' } = await secret();
    await until(() => webhooks.every(({ caPem }) => caPem === bundle));
    expect(certificatesIn(bundle)).toHaveLength(1);
    expect(logger.messages('info').filter((message) => message.startsWith('New certificates'))).toHaveLength(1);
  });

  it('tell the API server whom to trust as soon as there is a configuration', async () => {
    await apply();
    await until(isWritten);
    await until(async () => (await tryIngress()) === undefined);
  });

  it('put back within seconds what others take out, and stay with it when the manifest is applied again', async () => {
    await apply();
    expect(await isWritten()).toBe(true);
    await server.request('DELETE', `${HOOKS}/${CONFIGURATION}`);
    await apply();
    const startedMs = performance.now();
    await until(isWritten);
    expect(performance.now() - startedMs).toBeLessThan(5000);
    await until(async () => (await tryIngress()) === undefined);
  });

  it('go through the life of a certificate and of an authority without one failed request', async () => {
    const failures: string[] = [];
    const answered = { byServer: 0, direct: 0 };
    const traffic = new AbortController();
    const isOver = (): boolean => traffic.signal.aborted;
    const first = await secret();
    const [firstAuthority] = certificatesIn(first['ca.crt'] ?? '');
    /** Through the API server, as the whole configuration says. */
    const throughServer = async (): Promise<void> => {
      while (!isOver()) {
        const failure = await tryIngress();
        if (failure === undefined) answered.byServer += 1;
        else failures.push(failure);
        await delay(100);
      }
    };
    /** With a new connection each time, and the bundle as somebody knows it who is a second late. */
    const direct = async ({ port }: AdmissionWebhook): Promise<void> => {
      let known = [...(await bundles())][0] ?? '';
      while (!isOver()) {
        const [now = ''] = await bundles();
        for (let time = 0; time < 5 && !isOver(); time += 1) {
          const failure = await connectAnew(port, known);
          if (failure === undefined) answered.direct += 1;
          else failures.push(failure);
          await delay(200);
        }
        known = now;
      }
    };
    const startedMs = performance.now();
    const running = Promise.all([
      ...Array.from({ length: 5 }, throughServer),
      ...webhooks.slice(0, REPLICAS).map(direct),
    ]);
    const seen = new Set<string>();
    let mostAuthorities = 0;
    const untilForgotten = async (): Promise<void> => {
      const deadlineMs = performance.now() + 120_000;
      for (;;) {
        const { 'ca.crt': bundle = '', 'tls.crt': serving = '' } = await secret();
        seen.add(serving);
        const authorities = certificatesIn(bundle);
        mostAuthorities = Math.max(mostAuthorities, authorities.length);
        const isForgotten = authorities.every(
          ({ fingerprint256 }) => fingerprint256 !== firstAuthority?.fingerprint256,
        );
        if (isForgotten && (await isWritten())) return;
        if (performance.now() > deadlineMs) throw new Error('the first authority was never forgotten');
        await delay(250);
      }
    };
    try {
      await untilForgotten();
      await delay(2000);
    } finally {
      traffic.abort();
      await running;
    }
    const seconds = (performance.now() - startedMs) / 1000;
    expect(failures).toEqual([]);
    expect(answered.byServer / seconds).toBeGreaterThanOrEqual(20);
    expect(answered.direct).toBeGreaterThan(100);
    // Signed anew by the first authority, then by the second, and again.
    expect(seen.size).toBeGreaterThanOrEqual(3);
    expect(mostAuthorities).toBe(2);
    expect(logger.messages('error')).toEqual([]);
    expect(logger.messages('warn').filter((message) => /certificate|caBundle/i.test(message))).toEqual([]);
  }, 180_000);

  it('serve on while the Secret is gone or empty, and write back what they hold', async () => {
    const objects = (await readManifests('base')).filter(({ kind }) => kind === 'Secret');
    await server.request('DELETE', SECRET_PATH);
    await delay(1500);
    expect(await tryIngress()).toBeUndefined();
    expect(logger.messages('error')).toContain(
      'The Secret of the certificate is not there, and only whoever deploys makes it',
    );
    const [before] = await bundles();
    await server.kubectl(['apply', '-f', '-'], toYamlStream(objects));
    await until(async () => ((await secret())['ca.crt'] ?? '') !== '');
    const fingerprintsIn = (pem = ''): readonly string[] => certificatesIn(pem).map((one) => one.fingerprint256);
    const told = fingerprintsIn(before);
    expect(fingerprintsIn((await secret())['ca.crt']).some((fingerprint) => told.includes(fingerprint))).toBe(true);
    await until(isWritten);
    expect(await tryIngress()).toBeUndefined();
    const written = logger.messages('warn').filter((message) => message === 'The certificates were written back');
    expect(written).toHaveLength(1);
  });
});

/** One request on a connection of its own; what went wrong, if anything. */
function connectAnew(port: number, ca: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asking = request(
      { host: '127.0.0.1', port, path: '/validate', ca, agent: false, method: 'GET' },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode === 405 ? undefined : `answered ${answer.statusCode}`));
      },
    );
    asking.once('error', (error) => resolve(`${port}: ${error.message}`)).end();
  });
}
