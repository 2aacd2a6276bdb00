import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RecordingLogger, systemClock, until } from '@gatehouse/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectKubeApi } from '../connect/connect-kube-api.ts';
import { openCertificateStore, type CertificateStore } from './certificate-store.ts';

const SECRETS = '/api/v1/namespaces/edge/secrets';
const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const KEY = base64('-----BEGIN PRIVATE KEY-----');

const secret = (data?: object) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'shared', namespace: 'edge', resourceVersion: '7', labels: { a: 'b' } },
  type: 'Opaque',
  ...(data === undefined ? {} : { data }),
});
const configuration = (...caBundles: readonly string[]) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'gate', resourceVersion: '9' },
  webhooks: caBundles.map((caBundle, index) => ({
    name: `hook-${index}`,
    clientConfig: { url: 'https://a.test', ...(caBundle === '' ? {} : { caBundle }) },
  })),
});

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: unknown;
}

let server: Server;
let asked: Asked[] = [];
/** By method and path; what is not there is 404. */
let answers: Readonly<Record<string, readonly [status: number, body: unknown]>> = {};
/** Sends a line to every watch of a path. */
const watches: { readonly path: string; readonly send: (line: object) => void }[] = [];
let store: CertificateStore;
const logger = new RecordingLogger();

beforeEach(async () => {
  asked = [];
  answers = {};
  watches.length = 0;
  server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.once('end', () => {
      const { pathname: path, searchParams: query } = new URL(request.url ?? '', 'http://server');
      const method = request.method ?? '';
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      asked.push({ method, path, query, contentType: request.headers['content-type'], body });
      if (query.get('watch') === 'true') {
        response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
        watches.push({ path, send: (line) => void response.write(`${JSON.stringify(line)}\n`) });
        return;
      }
      const [status, answer] = answers[`${method} ${path}`] ?? [404, { kind: 'Status', reason: 'NotFound' }];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const api = await connectKubeApi({ apiServerHost: `http://127.0.0.1:${port}`, logger });
  const ports = { api, clock: systemClock, logger, jitter: () => 0 };
  store = openCertificateStore({ ...ports, secret: { namespace: 'edge', name: 'shared' }, configuration: 'gate' });
});
afterEach(async () => {
  await store.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('the Secret that replicas share', () => {
  it('is read by its name, as texts; there may be none, and nothing in it', async () => {
    expect(await store.readSecret()).toBeUndefined();
    answers = { [`GET ${SECRETS}/shared`]: [200, secret()] };
    expect((await store.readSecret())?.texts).toEqual(new Map());
    answers = { [`GET ${SECRETS}/shared`]: [200, secret({ 'tls.crt': base64('one\n'), odd: 7 })] };
    expect((await store.readSecret())?.texts).toEqual(
      new Map([
        ['tls.crt', 'one\n'],
        ['odd', ''],
      ]),
    );
  });

  it('is written whole, in the version that was read, and keeps what else it holds', async () => {
    answers = {
      [`GET ${SECRETS}/shared`]: [200, secret({ other: base64('kept') })],
      [`PUT ${SECRETS}/shared`]: [200, secret({ other: base64('kept'), 'tls.crt': base64('new') })],
    };
    const form = await store.readSecret();
    if (form === undefined) throw new Error('no Secret');
    const written = await store.writeSecret(form, new Map([['tls.crt', 'new']]));
    expect(written.texts.get('tls.crt')).toBe('new');
    expect(asked.at(-1)).toMatchObject({
      method: 'PUT',
      path: `${SECRETS}/shared`,
      body: secret({ other: base64('kept'), 'tls.crt': base64('new') }),
    });
  });

  it.each([409, 404, 422, 500])('tells of the answer %s without a word of what was sent', async (status) => {
    const words = { kind: 'Status', message: `what is ${KEY}?`, reason: 'Because' };
    answers = {
      [`GET ${SECRETS}/shared`]: [200, secret()],
      [`PUT ${SECRETS}/shared`]: [status, words],
    };
    const form = await store.readSecret();
    if (form === undefined) throw new Error('no Secret');
    const failure = await store.writeSecret(form, new Map([['tls.key', 'k']])).catch((error: unknown) => error);
    expect(failure).toMatchObject({ status, reason: 'Because' });
    expect(`${String(failure)} ${JSON.stringify(failure)} ${String((failure as Error).cause)}`).not.toContain(KEY);
  });

  it.each([
    ['another object', { ...secret(), metadata: { name: 'other', resourceVersion: '1' } }],
    ['another kind', { ...secret(), kind: 'ConfigMap' }],
    ['no version', { ...secret(), metadata: { name: 'shared', namespace: 'edge' } }],
    ['no object', []],
  ])('is not believed when the answer is %s', async (_, answer) => {
    answers = { [`GET ${SECRETS}/shared`]: [200, answer] };
    await expect(store.readSecret()).rejects.toThrow('the answer is no Secret edge/shared');
  });
});

describe('the caBundle of a configuration', () => {
  it('is read of each webhook', async () => {
    expect(await store.readConfiguration()).toBeUndefined();
    answers = { [`GET ${CONFIGURATIONS}/gate`]: [200, configuration(base64('one'), '')] };
    expect(await store.readConfiguration()).toEqual({
      name: 'gate',
      resourceVersion: '9',
      webhooks: [
        { name: 'hook-0', bundlePem: 'one' },
        { name: 'hook-1', bundlePem: '' },
      ],
    });
  });

  it('is written where it is another one, in the version that was read, and nothing else is', async () => {
    answers = {
      [`GET ${CONFIGURATIONS}/gate`]: [200, configuration(base64('new'), '')],
      [`PATCH ${CONFIGURATIONS}/gate`]: [200, configuration(base64('new'), base64('new'))],
    };
    const form = await store.readConfiguration();
    if (form === undefined) throw new Error('no configuration');
    await store.writeBundle(form, 'new');
    expect(asked.at(-1)).toMatchObject({ method: 'PATCH', contentType: 'application/strategic-merge-patch+json' });
    expect(asked.at(-1)?.body).toEqual({
      metadata: { resourceVersion: '9' },
      webhooks: [{ name: 'hook-1', clientConfig: { caBundle: base64('new') } }],
    });
    answers = { ...answers, [`PATCH ${CONFIGURATIONS}/gate`]: [409, { kind: 'Status', reason: 'Conflict' }] };
    await expect(store.writeBundle(form, 'newer')).rejects.toMatchObject({ status: 409 });
  });
});

describe('following both', () => {
  it('asks for a watch of each by its name, and tells of all that comes but bookmarks', async () => {
    let news = 0;
    store.follow(() => (news += 1));
    await until(() => watches.length === 2);
    const queries = asked.map(({ path, query }) => [path, query.get('fieldSelector'), query.get('resourceVersion')]);
    expect(queries.toSorted()).toEqual(
      [
        [SECRETS, 'metadata.name=shared', null],
        [CONFIGURATIONS, 'metadata.name=gate', null],
      ].toSorted(),
    );
    await until(() => news === 2);
    const ofSecrets = watches.find(({ path }) => path === SECRETS);
    const bookmark = { apiVersion: 'v1', kind: 'Secret', metadata: { resourceVersion: '8' } };
    ofSecrets?.send({ type: 'BOOKMARK', object: bookmark });
    ofSecrets?.send({ type: 'MODIFIED', object: secret() });
    await until(() => news === 3);
    watches.find(({ path }) => path === CONFIGURATIONS)?.send({ type: 'DELETED', object: configuration() });
    await until(() => news === 4);
    expect(logger.messages('error')).toEqual([]);
  });
});
