import { connectRawTls, RecordingLogger } from '@gatehouse/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAdmissionWebhook, type AdmissionWebhook } from './start.ts';

const logger = new RecordingLogger();
const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
let directory = '';
let webhook: AdmissionWebhook;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gatehouse-hostile-'));
  webhook = await startAdmissionWebhook({ host: '127.0.0.1', port: 0, healthPort: 0, logger, manifests: [directory] });
});

beforeEach(() => {
  logger.entries.length = 0;
});

afterAll(async () => {
  agent.destroy();
  await webhook.close(0);
  await rm(directory, { recursive: true });
});

const METADATA = { name: 'new', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' };
const BACKEND = { service: { name: 'tea-svc', port: { number: 80 } } };
const INGRESS = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: METADATA,
  spec: {
    ingressClassName: 'nginx',
    rules: [{ host: 'a.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: BACKEND }] } }],
    tls: [{ hosts: ['a.example.com'], secretName: 'tls' }],
  },
};
const KIND = { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' };
const REVIEW = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: { uid: 'u', kind: KIND, operation: 'CREATE', namespace: 'default', name: 'new', object: INGRESS },
};
const GOOD = JSON.stringify(REVIEW);
const HEAD = 'POST /validate?timeout=5s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
const WHOLE = `${HEAD}Content-Length: ${Buffer.byteLength(GOOD)}\r\n\r\n${GOOD}`;

function post(body: Uint8Array | string, headers: Record<string, string> = {}, path = '/validate') {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const type = { 'content-type': 'application/json' };
    const asked = httpsRequest(
      { host: '127.0.0.1', port: webhook.port, agent, path, method: 'POST', headers: { ...type, ...headers } },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    asked.on('error', reject).end(body);
  });
}

/** One sentence of ours: no stack, no path of a file, no name of a module, no text of the client. */
const SENTENCE = /^[a-zA-Z0-9 .,:/-]{5,200}\n$/;

describe('what is no AdmissionReview', () => {
  const inside = (change: object): string => JSON.stringify({ ...REVIEW, request: { ...REVIEW.request, ...change } });
  it.each<[string, Uint8Array | string]>([
    ['nothing', ''],
    ['null', 'null'],
    ['a number', '1e999'],
    ['NaN', GOOD.replace('"CREATE"', 'NaN')],
    ['an infinite number for a text', GOOD.replace('"u"', '-1e999')],
    ['a byte order mark', `\ufeff${GOOD}`],
    ['UTF-16', Buffer.from(GOOD, 'utf16le')],
    ['bytes that are no UTF-8', Buffer.concat([Buffer.from(GOOD.slice(0, -2)), Buffer.from([0xc3, 0x28])])],
    ['a comment', `// hello\n${GOOD}`],
    ['two of them', GOOD + GOOD],
    ['a trailing comma', GOOD.replace(/}$/, ',}')],
    ['a NUL', `${GOOD}\0`],
    ['the retired version', GOOD.replace('admission.k8s.io/v1', 'admission.k8s.io/v1beta1')],
    ['a list of one', `[${GOOD}]`],
    ['an answer', JSON.stringify({ ...REVIEW, request: undefined, response: { uid: 'u', allowed: true } })],
    ['a bare Ingress', JSON.stringify(INGRESS)],
    ['form data', 'apiVersion=admission.k8s.io%2Fv1'],
    ['text in place of an object', inside({ object: 'Ingress' })],
    ['null in place of an object', inside({ object: null })],
    ['a list in place of a request', inside({}).replace('"request":{', '"request":[{').replace(/}$/, ']}')],
    ['a review whose properties are inherited', '{"__proto__":' + GOOD + '}'],
    ['arrays without end', '['.repeat(4 * 1024 * 1024)],
    ['objects without end', '{"a":'.repeat(800_000)],
    ['a depth of 65', `${'['.repeat(65)}${']'.repeat(65)}`],
    ['quotes without end', '"'.repeat(3_999_999)],
    ['backslashes without end', `"${'\\'.repeat(3_999_999)}`],
    ['an uid without end', inside({ uid: 'x'.repeat(3_000_000) })],
    ['another operation', inside({ operation: 'PATCH' })],
    ['an object of another kind than the request says', inside({ object: { ...INGRESS, kind: 'Secret' } })],
  ])('is answered 400 with one sentence: %s', async (_, body) => {
    const { status, text } = await post(body);
    expect([status, text]).toEqual([400, expect.stringMatching(SENTENCE)]);
    expect(logger.entries).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['no media type', { 'content-type': '' }],
    ['another media type', { 'content-type': 'application/yaml' }],
    ['one that begins alike', { 'content-type': 'application/json-patch+json' }],
    ['a compressed body', { 'content-encoding': 'gzip' }],
    ['a body compressed twice', { 'content-encoding': 'identity, br' }],
  ])('is answered 415 before it is read: %s', async (_, headers) => {
    const { status, text } = await post(GOOD, headers);
    expect([status, text]).toEqual([415, expect.stringMatching(SENTENCE)]);
  });
});

describe('an AdmissionReview that means harm', () => {
  const answerTo = async (body: string): Promise<{ allowed: boolean; status?: { code: number; message: string } }> => {
    const { status, text } = await post(body);
    expect(status).toBe(200);
    return (JSON.parse(text) as { response: { allowed: boolean; status?: { code: number; message: string } } })
      .response;
  };

  it('changes no prototype', async () => {
    const hostile = GOOD.replace(
      '"metadata":{',
      '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"metadata":{"__proto__":{"name":"x"},',
    );
    expect((await answerTo(hostile)).allowed).toBe(true);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('is read by its last key of a name, as Go does', async () => {
    const twice = GOOD.replace('"host":"a.example.com"', '"host":"a.example.com","host":"10.0.0.1"');
    expect((await answerTo(twice)).allowed).toBe(false);
  });

  it('gets an answer whose text holds half a surrogate pair as nothing but an escape', async () => {
    const { status, text } = await post(GOOD.replace('"uid":"u"', '"uid":"\\ud800"'));
    expect(status).toBe(200);
    expect(text).toContain('"uid":"\\ud800"');
  });

  it('never breaks anything inside, whatever stands in place of whatever', async () => {
    const odd = fc.constantFrom<unknown>(
      null,
      '',
      0,
      -1,
      1e308,
      Number.MAX_SAFE_INTEGER + 2,
      true,
      [],
      {},
      [null],
      { a: null },
      '80',
      '\ud800',
      '\0',
      'x'.repeat(5000),
      '__proto__',
      'constructor',
      [[[[]]]],
    );
    const paths = pathsOf(INGRESS);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...paths), odd), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const object = structuredClone(INGRESS) as unknown;
          for (const [path, value] of changes) put(object, path, structuredClone(value));
          const request = { ...REVIEW.request, object };
          const { status, text } = await post(JSON.stringify({ ...REVIEW, request }));
          if (status === 400) expect(text).toMatch(SENTENCE);
          else expect(JSON.parse(text)).not.toMatchObject({ response: { status: { code: 500 } } });
        },
      ),
      { numRuns: 200 },
    );
    expect(logger.messages('error')).toEqual([]);
  });
});

type Path = readonly (number | string)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, one]) => pathsOf(one, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

function put(target: unknown, [key, ...rest]: Path, value: unknown): void {
  if (typeof target !== 'object' || target === null || key === undefined) return;
  const holder = target as Record<string, unknown>;
  if (rest.length === 0) holder[key] = value;
  else put(holder[key], rest, value);
}

describe('a client that plays with HTTP', () => {
  it('gets 431 for headers that are too large', async () => {
    const client = await connectRawTls(webhook.port);
    client.send(`${HEAD}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 431 /);
  });

  it('gets 431 for more headers than anybody needs', async () => {
    const client = await connectRawTls(webhook.port);
    client.send(`${HEAD}${Array.from({ length: 3000 }, (_, index) => `X-${index}: y\r\n`).join('')}\r\n`);
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 431 /);
  });

  it('gets 413 at once for a length that is too large', async () => {
    const client = await connectRawTls(webhook.port);
    client.send(`${HEAD}Content-Length: 4194305\r\n\r\n`);
    const { text, afterMs } = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1.1 413 .*Connection: close.*the body is larger than 4194304 bytes\n$/s);
    expect(afterMs).toBeLessThan(1500);
  });

  it('gets 413 for chunks without end, as soon as they are too many', async () => {
    const client = await connectRawTls(webhook.port);
    client.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    for (let sent = 0; sent <= 64; sent += 1) client.send(chunk);
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 413 /);
  });

  it.each([
    ['two lengths', 'Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
    ['a length beside chunks', 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a chunk whose size is none', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['another coding', 'Transfer-Encoding: gzip\r\n\r\n'],
    ['a folded header', 'X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n'],
  ])('gets 400 for %s', async (_, rest) => {
    const client = await connectRawTls(webhook.port);
    client.send(HEAD + rest);
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 400 /);
  });

  it('gets its answers in order when it does not wait for them', async () => {
    const client = await connectRawTls(webhook.port);
    client.send([1, 2, 3].map((index) => WHOLE.replace('"uid":"u"', `"uid":"${index}"`)).join(''));
    await client.untilReceived('"uid":"3"');
    client.socket.end();
    const { text } = await client.untilClosed();
    expect([...text.matchAll(/"uid":"(\d)"/g)].map(([, uid]) => uid)).toEqual(['1', '2', '3']);
  });

  it.each([
    ['a body', WHOLE.slice(0, -10)],
    ['the wait for an answer', WHOLE],
  ])('is dropped when it closes its own half in the middle of %s', async (_, bytes) => {
    const client = await connectRawTls(webhook.port);
    client.send(bytes);
    client.socket.end();
    expect((await client.untilClosed()).afterMs).toBeLessThan(1500);
    expect(logger.entries).toEqual([]);
  });

  it('cannot speak HTTP/2', async () => {
    const client = await connectRawTls(webhook.port);
    client.send('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    expect((await client.untilClosed()).text).toMatch(/^(HTTP\/1.1 400 .*)?$/s);
    await expect(connectRawTls(webhook.port, { ALPNProtocols: ['h2'] })).rejects.toThrow(/no application protocol/i);
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('cannot speak %s', async (version) => {
    const old = { minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' };
    await expect(connectRawTls(webhook.port, old)).rejects.toThrow(/protocol version/i);
  });
});

describe('a client that takes its time', () => {
  it('is told so when a body has not come within the time that it has itself', async () => {
    const client = await connectRawTls(webhook.port);
    client.send(WHOLE.replace('timeout=5s', 'timeout=500ms').slice(0, -10));
    const drip = setInterval(() => client.send(' '), 100);
    const { text, afterMs } = await client.untilClosed();
    clearInterval(drip);
    expect(text).toMatch(/^HTTP\/1.1 408 .*\r\n\r\nthe body was not there within 450 ms\n$/s);
    expect(afterMs).toBeGreaterThanOrEqual(400);
    expect(afterMs).toBeLessThan(2000);
  });
});
