import { anIngressClass, aService, connectRaw } from '@gatehouse/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultRoutingOptions } from '@gatehouse/routing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get as httpGet } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { serveAdmission, startAdmissionWebhook, type AdmissionWebhook } from './start.ts';
import type { World } from './world.ts';

const logged: { message: string; data?: Readonly<Record<string, unknown>> | undefined }[] = [];
const log = (message: string, data?: Readonly<Record<string, unknown>>) => logged.push({ message, data });
// How long a review takes here is the machine's affair.
const warn: typeof log = (message, data) => (message === 'Review was slow' ? 0 : log(message, data));
const logger = { debug: () => {}, info: log, warn, error: log };
const local = { host: '127.0.0.1', port: 0, healthPort: 0, logger };

const CAFE = `
apiVersion: v1
kind: Service
metadata: {name: tea-svc}
spec: {ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: cafe, creationTimestamp: '2020-01-01T00:00:00Z'}
spec:
  ingressClassName: nginx
  rules:
  - host: cafe.example.com
    http:
      paths:
      - {path: /tea, pathType: Prefix, backend: {service: {name: tea-svc, port: {number: 80}}}}
`;

function ingress(host: string, path = '/') {
  const backend = { service: { name: 'tea-svc', port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'new', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { ingressClassName: 'nginx', rules: [{ host, http: { paths: [{ path, pathType: 'Prefix', backend }] } }] },
  };
}

function reviewOf(object: unknown): string {
  const kind = { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' };
  const request = { uid: 'uid-1', kind, operation: 'CREATE', object, oldObject: null };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
}

interface Ask {
  readonly body?: string;
  readonly path?: string;
  readonly method?: string;
  readonly type?: string;
}

function ask(
  webhook: AdmissionWebhook,
  { body = '', path = '/validate', method = 'POST', type = 'application/json' }: Ask,
) {
  return new Promise<{ status: number; text: string; allow: string | undefined }>((resolve, reject) => {
    const request = httpsRequest(
      {
        host: '127.0.0.1',
        port: webhook.port,
        ca: webhook.caPem,
        agent: false,
        path,
        method,
        headers: { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text, allow: response.headers.allow }));
      },
    );
    request.on('error', reject).end(body);
  });
}

async function judge(webhook: AdmissionWebhook, object: unknown, path?: string) {
  const { status, text } = await ask(webhook, { body: reviewOf(object), ...(path === undefined ? {} : { path }) });
  expect(status).toBe(200);
  return (JSON.parse(text) as { response: { uid: string; allowed: boolean; status?: { message: string } } }).response;
}

describe('the admission webhook over a directory', () => {
  let directory = '';
  let webhook: AdmissionWebhook;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gatehouse-admission-'));
    await writeFile(join(directory, 'cafe.yaml'), CAFE);
    webhook = await startAdmissionWebhook({ ...local, manifests: [directory] });
  });

  afterAll(async () => {
    await webhook.close(0);
    await rm(directory, { recursive: true });
  });

  it.each([['/validate'], ['/networking/v1/ingresses']])('admits a good Ingress on %s', async (path) => {
    expect(await judge(webhook, ingress('shop.example.com'), path)).toEqual({ uid: 'uid-1', allowed: true });
  });

  it('denies a bad one with every reason, and logs that', async () => {
    logged.length = 0;
    const response = await judge(webhook, ingress('10.0.0.1'));
    expect(response).toMatchObject({ uid: 'uid-1', allowed: false });
    expect(response.status?.message).toMatch(
      /^spec\.rules\[0\]\.host: .* \(HostIsIpAddress, docs\/problems\.md#hostisipaddress\)$/,
    );
    expect(logged).toMatchObject([
      {
        message: 'Admission denied',
        data: { namespace: 'default', name: 'new', uid: 'uid-1', codes: ['HostIsIpAddress'] },
      },
    ]);
  });

  it('denies what an Ingress in the directory has already, and admits it when that is gone', async () => {
    const wanted = ingress('cafe.example.com', '/tea');
    expect((await judge(webhook, wanted)).status?.message).toContain('Ingress default/cafe');
    await writeFile(join(directory, 'cafe.yaml'), CAFE.replace('cafe.example.com', 'other.example.com'));
    const deadlineMs = Date.now() + 4_000;
    while (Date.now() < deadlineMs && !(await judge(webhook, wanted)).allowed) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await judge(webhook, wanted)).allowed).toBe(true);
  });

  it.each([
    ['text', 'hello', 400],
    ['JSON that is no review', '{}', 400],
    ['a list', '[]', 400],
    ['a review without a request', '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', 400],
    ['a review of an Ingress that is none', reviewOf({ kind: 'Ingress' }), 400],
    ['an array bomb', '['.repeat(4_000_000), 400],
    ['an object with the name of every prototype', reviewOf({ __proto__: null, constructor: {} }), 400],
    ['a body of more than 4 MiB', ' '.repeat(4 * 1024 * 1024 + 1), 413],
  ])('answers %s', async (_, body, status) => {
    const answer = await ask(webhook, { body });
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(/^[^\n{<]+\n$/);
  });

  it('reads what managed fields need in depth, and refuses a depth bomb inside a review', async () => {
    const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`) as unknown;
    expect((await judge(webhook, { ...ingress('shop.example.com'), status: nested(40) })).allowed).toBe(true);
    const { status, text } = await ask(webhook, {
      body: reviewOf({ ...ingress('a.example.com'), status: nested(70) }),
    });
    expect([status, text]).toEqual([400, 'the body nests deeper than 64 levels\n']);
  });

  it('reads a body of nearly 4 MiB', async () => {
    const object = { ...ingress('shop.example.com'), padding: 'x'.repeat(4_000_000) };
    expect((await judge(webhook, object)).allowed).toBe(true);
  });

  it.each([
    ['another method', { method: 'GET' }, 405],
    ['another path', { path: '/' }, 404],
    ['a path with something behind', { path: '/validate/x' }, 404],
    ['a path in capitals', { path: '/VALIDATE' }, 404],
    ['another media type', { type: 'text/plain', body: reviewOf(ingress('a.example.com')) }, 415],
  ])('refuses %s', async (_, request, status) => {
    const answer = await ask(webhook, request);
    expect(answer.status).toBe(status);
    expect(answer.allow).toBe(status === 405 ? 'POST' : undefined);
  });

  it('is not known under any other name than its certificate has', async () => {
    const failure = await new Promise<Error | undefined>((resolve) => {
      const socket = connectTls(
        { host: '127.0.0.1', port: webhook.port, ca: webhook.caPem, servername: 'example.com' },
        () => resolve(undefined),
      );
      socket.on('error', resolve);
    });
    expect(failure?.message).toMatch(/does not match/);
  });

  it('has health checks on plain HTTP, with a count of the decisions', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      httpGet({ host: '127.0.0.1', port: webhook.healthPort, path: '/metrics', agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve(body));
      }).on('error', reject);
    });
    for (const decision of ['denied', 'allowed']) {
      const labels = `decision="${decision}",operation="CREATE",kind="Ingress"`;
      expect(text).toMatch(new RegExp(`^gatehouse_admission_reviews_total\\{${labels}\\} [1-9]`, 'm'));
    }
  });
});

describe('the admission webhook of a world that takes its time', () => {
  it('is alive, not ready, and judges nothing until the world is known', async () => {
    const known = Promise.withResolvers<undefined>();
    const world: World = {
      start: async (observer) => {
        await known.promise;
        observer(undefined, aService());
      },
      stop: () => Promise.resolve(),
    };
    const routing = { ...defaultRoutingOptions, classObjectsOptional: true };
    const webhook = await serveAdmission({ ...local, world, routing, worldIsKnown: 'later' });
    const health = async (path: string) => (await fetch(`http://127.0.0.1:${webhook.healthPort}${path}`)).status;
    const body = reviewOf(ingress('a.example.com'));
    try {
      expect([await health('/healthz'), await health('/readyz')]).toEqual([200, 503]);
      const early = await ask(webhook, { body });
      expect(early).toMatchObject({ status: 503, text: 'the objects of the cluster have not been read yet\n' });
      known.resolve(undefined);
      expect(await health('/readyz')).toBe(200);
      expect(JSON.parse((await ask(webhook, { body })).text)).toMatchObject({ response: { allowed: true } });
    } finally {
      await webhook.close(0);
    }
  });
});

describe('the admission webhook and its hostile clients', () => {
  const open: AdmissionWebhook[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((webhook) => webhook.close(0)));
  });

  const broken = {
    ...anIngressClass(),
    get controller(): string {
      throw new Error('secret of the house');
    },
  };
  const brokenWorld: World = {
    start: (observer) => {
      observer(undefined, broken);
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  };

  async function start(world = brokenWorld) {
    const limits = { headersTimeoutMs: 200, requestTimeoutMs: 400 };
    const webhook = await serveAdmission({
      ...local,
      world,
      limits,
      routing: defaultRoutingOptions,
      worldIsKnown: 'first',
    });
    open.push(webhook);
    return webhook;
  }

  it('denies with nothing but a number when something breaks inside', async () => {
    const webhook = await start();
    logged.length = 0;
    const response = await judge(webhook, ingress('a.example.com'));
    expect(response).toMatchObject({ uid: 'uid-1', allowed: false, status: { code: 500 } });
    const id = /^internal error, look for ([0-9a-f-]{36}) in the log$/.exec(response.status?.message ?? '')?.[1];
    expect(logged).toMatchObject([{ message: 'request failed', data: { correlationId: id } }]);
  });

  it('cuts off a handshake that never ends', async () => {
    const client = await connectRaw((await start()).port);
    expect((await client.untilClosed()).afterMs).toBeLessThan(1_500);
  });

  it.each([
    ['headers', 'POST /validate HTTP/1.1\r\nHost: a\r\n'],
    ['a body', 'POST /validate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n'],
  ])('cuts off %s that come one byte at a time', async (_, begin) => {
    const webhook = await start();
    const startedMs = performance.now();
    const socket = connectTls({ host: '127.0.0.1', port: webhook.port, ca: webhook.caPem, servername: 'localhost' });
    socket.on('error', () => {});
    socket.write(begin);
    const drip = setInterval(() => socket.write('x'), 20);
    await new Promise((resolve) => socket.once('close', resolve).resume());
    clearInterval(drip);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  it('leaves nothing running when it cannot begin', async () => {
    let stopped = 0;
    const world: World = {
      ...brokenWorld,
      start: () => Promise.reject(new Error('no world')),
      stop: () => Promise.resolve(void (stopped += 1)),
    };
    await expect(start(world)).rejects.toThrow('no world');
    expect(stopped).toBe(1);
    await expect(startAdmissionWebhook({ ...local, manifests: ['/nowhere/at/all'] })).rejects.toThrow(
      '/nowhere/at/all',
    );
  });
});
