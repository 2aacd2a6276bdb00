import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeCertificate, RecordingLogger, startTcpProxy, type CertificatePair } from '@gatehouse/testing';
import type { KubeApiError } from '../kube-api.ts';
import { type KubeApi } from '../kube-api.ts';
import { connectKubeApi } from './connect-kube-api.ts';

let directory: string;
let ca: CertificatePair;
let otherCa: CertificatePair;
let server: Http2SecureServer;
let answer: (request: Http2ServerRequest, response: Http2ServerResponse) => void;
let api: KubeApi | undefined;

beforeAll(async () => {
  [ca, otherCa] = await Promise.all([
    makeCertificate({ hosts: ['one'], usage: 'ca' }),
    makeCertificate({ hosts: ['two'], usage: 'ca' }),
  ]);
  const own = await makeCertificate({ hosts: ['127.0.0.1'], ca });
  server = createSecureServer({ cert: own.certPem, key: own.keyPem, allowHTTP1: true }, (request, response) =>
    answer(request, response),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterAll(async () => {
  server.close();
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gatehouse-connect-'));
  await writeFile(join(directory, 'token'), 'first\n');
  await writeFile(join(directory, 'ca.crt'), ca.certPem);
});

afterEach(async () => {
  await api?.close();
  api = undefined;
  await rm(directory, { recursive: true });
});

const port = () => String((server.address() as AddressInfo).port);
const connect = async (rereadMs = 60_000): Promise<KubeApi> => {
  const inCluster = { host: '127.0.0.1', port: port(), directory, rereadMs };
  api = await connectKubeApi({ inCluster, logger: new RecordingLogger() });
  return api;
};
const json = (response: Http2ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const failure = (promise: Promise<unknown>): Promise<KubeApiError> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as KubeApiError,
  );

describe('connectKubeApi in a cluster', () => {
  it('asks over HTTP/2 with the token of the service account', async () => {
    answer = ({ httpVersion, headers, url }, response) =>
      json(response, { httpVersion, url, token: headers.authorization, agent: headers['user-agent'] });
    const path = '/api/v1/secrets';
    expect(await (await connect()).send({ path, query: { fieldSelector: 'metadata.name=a' } })).toEqual({
      httpVersion: '2.0',
      url: '/api/v1/secrets?fieldSelector=metadata.name%3Da',
      token: 'Bearer first',
      agent: 'gatehouse',
    });
  });

  it('reads the token again at once when the server refuses it, and tries once more', async () => {
    const tokens: unknown[] = [];
    answer = ({ headers }, response) => {
      tokens.push(headers.authorization);
      if (headers.authorization === 'Bearer second') json(response, { ok: true });
      else json(response, { kind: 'Status', message: 'Unauthorized', reason: 'Unauthorized' }, 401);
    };
    const connected = await connect();
    await writeFile(join(directory, 'token'), 'second\n');
    expect(await connected.send({ path: '/' })).toEqual({ ok: true });
    expect(tokens).toEqual(['Bearer first', 'Bearer second']);
  });

  it('does not ask a third time', async () => {
    let asked = 0;
    answer = (_, response) => {
      asked++;
      json(response, { message: 'Unauthorized', reason: 'Unauthorized' }, 401);
    };
    const error = await failure((await connect()).send({ path: '/' }));
    expect(error).toMatchObject({ status: 401, reason: 'Unauthorized' });
    expect(asked).toBe(2);
  });

  it('reads the token again when it has grown old', async () => {
    answer = ({ headers }, response) => json(response, headers.authorization);
    const connected = await connect(0);
    await writeFile(join(directory, 'token'), 'second');
    expect(await connected.send({ path: '/' })).toBe('Bearer second');
  });

  it('trusts new authorities as soon as they are in the file, and those only', async () => {
    answer = (_, response) => json(response, 'good');
    await writeFile(join(directory, 'ca.crt'), otherCa.certPem);
    const connected = await connect();
    expect(await failure(connected.send({ path: '/' }))).toMatchObject({ status: 0 });
    await writeFile(join(directory, 'ca.crt'), ca.certPem);
    expect(await connected.send({ path: '/' })).toBe('good');
    await writeFile(join(directory, 'ca.crt'), otherCa.certPem);
    await api?.close();
    expect(await failure((await connect()).send({ path: '/' }))).toMatchObject({ status: 0 });
  });

  it.each(['token', 'ca.crt'])('says which file is missing when it is %s', async (name) => {
    await rm(join(directory, name));
    await expect(connect()).rejects.toThrow(`file ${join(directory, name)} cannot be read`);
  });

  it('never shows what stands in place of a token', async () => {
    await writeFile(join(directory, 'token'), 'not a token\nbut a secret');
    await expect(connect()).rejects.toThrow(`${join(directory, 'token')} is empty or no token`);
  });
});

describe('a connection', () => {
  it('tells status, reason and how long to wait', async () => {
    answer = (_, response) =>
      response
        .writeHead(429, { 'retry-after': '7' })
        .end(JSON.stringify({ kind: 'Status', message: 'too many\nrequests', reason: 'TooManyRequests' }));
    const error = await failure((await connect()).send({ path: '/api' }));
    expect(error).toMatchObject({ status: 429, reason: 'TooManyRequests', retryAfterMs: 7000 });
    expect(error.message).toBe('GET /api was answered 429: too many requests');
  });

  it('fails as one without an answer when what comes is no JSON', async () => {
    answer = (_, response) => response.writeHead(200).end('{"kind":');
    expect(await failure((await connect()).send({ path: '/api' }))).toMatchObject({ status: 0, reason: 'NoJson' });
  });

  it('reads no more of an answer than it may', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    answer = (_, response) => {
      const write = (): void => {
        if (!response.writableEnded && !response.stream.destroyed) response.write(chunk, () => setImmediate(write));
      };
      response.writeHead(200);
      write();
    };
    expect(await failure((await connect()).send({ path: '/' }))).toMatchObject({ reason: 'AnswerTooLarge' });
  });

  it('gives a stream piece by piece, and ends the request when it is left', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    answer = (_, response) => {
      closed = once(response.stream, 'close');
      response.writeHead(200);
      response.write('one');
    };
    for await (const chunk of await (await connect()).stream({ path: '/' })) {
      expect(Buffer.from(chunk).toString()).toBe('one');
      break;
    }
    await closed;
  });

  it('fails while it is read when the server breaks off', async () => {
    answer = (_, response) => {
      response.writeHead(200);
      response.write('one', () => response.stream.session?.destroy());
    };
    const read = async (): Promise<void> => {
      for await (const _ of await (await connect()).stream({ path: '/watch' })) continue;
    };
    expect(await failure(read())).toMatchObject({ name: 'KubeApiError', status: 0 });
  });

  it('finds a connection that died without a word', async () => {
    answer = (_, response) => {
      response.writeHead(200);
      response.write('one');
    };
    const proxy = await startTcpProxy(Number(port()));
    const inCluster = { host: '127.0.0.1', port: String(proxy.port), directory };
    const connected = await connectKubeApi({ inCluster, logger: new RecordingLogger(), pingMs: 100 });
    const read = async (): Promise<void> => {
      for await (const _ of await connected.stream({ path: '/watch' })) proxy.goSilent();
    };
    expect(await failure(read())).toMatchObject({ name: 'KubeApiError', status: 0 });
    await connected.close();
    await proxy.close();
  });

  it('gives a request up when it is told to', async () => {
    answer = () => undefined;
    const abort = new AbortController();
    const asked = (await connect()).send({ path: '/', signal: abort.signal });
    setImmediate(() => abort.abort());
    expect(await failure(asked)).toMatchObject({ name: 'KubeApiError', status: 0 });
  });
});

describe('connectKubeApi by kubeconfig', () => {
  const kubeconfig = async (cluster: object, user: object): Promise<string> => {
    const file = join(directory, 'kubeconfig');
    const text = JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    });
    await writeFile(file, text);
    return file;
  };

  it('takes server, authorities and token from it', async () => {
    answer = ({ headers, url }, response) => json(response, [url, headers.authorization]);
    const server = `https://127.0.0.1:${port()}/clusters/one`;
    const file = await kubeconfig({ server, 'certificate-authority': 'ca.crt' }, { token: 'first' });
    api = await connectKubeApi({ kubeconfig: file, logger: new RecordingLogger() });
    expect(await api.send({ path: '/api' })).toEqual(['/clusters/one/api', 'Bearer first']);
  });

  it('lets flags replace its server and its authorities', async () => {
    answer = ({ headers }, response) => json(response, headers.authorization);
    const file = await kubeconfig({ server: 'https://nowhere.invalid' }, { username: 'a', password: 'b' });
    api = await connectKubeApi({
      kubeconfig: file,
      apiServerHost: `https://127.0.0.1:${port()}/`,
      certificateAuthority: join(directory, 'ca.crt'),
      logger: new RecordingLogger(),
    });
    expect(await api.send({ path: '/' })).toBe(`Basic ${Buffer.from('a:b').toString('base64')}`);
  });

  it.each([
    ['a missing kubeconfig', { kubeconfig: '/nowhere/config' }, 'the kubeconfig /nowhere/config cannot be read'],
    ['an address that is none', { apiServerHost: 'ftp://x' }, 'found ftp://x'],
    ['an address with a password', { apiServerHost: 'https://me:secret@x:1' }, 'found …@x:1'],
    [
      'missing authorities',
      { apiServerHost: 'https://x', certificateAuthority: '/nowhere/ca' },
      'authority /nowhere/ca cannot be read',
    ],
    ['nothing at all', { apiServerHost: '', kubeconfig: '' }, 'KUBERNETES_SERVICE_HOST is not set'],
  ])('refuses %s', async (_, options, message) => {
    await expect(connectKubeApi({ ...options, logger: new RecordingLogger() })).rejects.toThrow(message);
  });
});
