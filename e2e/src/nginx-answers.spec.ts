/**
 * Duty: what is rendered does what the model says, asked over HTTP of a real nginx. How objects become models is the
 * business of the scenarios.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Interpolated } from '@gatehouse/annotations';
import { aBackend, aFallback, aHost, aModel, aRoute, connectRaw, someSettings } from '@gatehouse/testing';
import type { Backend } from '@gatehouse/routing';
import { WebSocket } from 'ws';
import { ask, type Answer } from './harness/ask.ts';
import { startRendered, testedCapabilities, type RenderedNginx } from './harness/bare-nginx.ts';
import { startEchoBackend, type Echo, type EchoBackend } from './harness/echo-backend.ts';

let echo: EchoBackend;
let errors: EchoBackend;
let backend: Backend;
let errorBackend: Backend;
const started: RenderedNginx[] = [];

beforeAll(async () => {
  echo = await startEchoBackend({ name: 'echo' });
  errors = await startEchoBackend({ name: 'errors' });
  backend = aBackend('echo', [`127.0.0.1:${echo.port}`]);
  errorBackend = aBackend('errors', [`127.0.0.1:${errors.port}`]);
});
afterAll(async () => {
  await Promise.all([echo.close(), errors.close()]);
  for (const nginx of started) await nginx.close();
});

async function start(...parameters: Parameters<typeof startRendered>): Promise<RenderedNginx> {
  const nginx = await startRendered(...parameters);
  started.push(nginx);
  return nginx;
}

const text = (value: string): Interpolated => [{ kind: 'text', text: value }];
const echoOf = (answer: Answer): Echo => JSON.parse(answer.body) as Echo;
const host = 'cafe.example.com';

describe('routes', () => {
  let nginx: RenderedNginx;
  /** A route whose backend sees its name as the Host. */
  const named = (name: string, shape: Parameters<typeof aRoute>[0] = {}) =>
    aRoute({ path: name, ...shape, backend, policy: { ...shape.policy, upstreamHost: text(name) } });
  beforeAll(async () => {
    nginx = await start(
      aModel([
        aHost({
          routes: [
            named('/tea'),
            named('exact-tea', { path: '/tea', match: 'exact' }),
            named('exact-slash', { path: '/cup/', match: 'exact' }),
            named('/cup/of'),
            named('/Big'),
            named('/a b'),
            named(`/${'x'.repeat(300)}`),
          ],
        }),
        aHost({
          name: 'regex.example.com',
          routes: [
            named('/'),
            named('/api'),
            named('/api/v1/items'),
            named('regex', { path: '/api/v\\d/.*', match: 'regex' }),
            named('exact', { path: '/api/v2/exact', match: 'exact' }),
          ],
        }),
        aHost({ name: '*.example.org', routes: [named('/')] }),
      ]),
    );
  });

  it.each([
    ['/tea', 'exact-tea'],
    ['/tea/', '/tea'],
    ['/tea/x', '/tea'],
    ['/teapot', 404],
    ['/TEA', 404],
    ['//tea//x', '/tea'],
    ['/x/../tea/x', '/tea'],
    ['/t%65a/x', '/tea'],
    ['/cup/', 'exact-slash'],
    ['/cup', 404],
    ['/cup/x', 404],
    ['/cup/of', '/cup/of'],
    ['/cup/of%0A', 404],
    ['/Big/x', '/Big'],
    ['/big/x', 404],
    ['/a%20b', '/a b'],
    [`/${'x'.repeat(300)}/y`, `/${'x'.repeat(300)}`],
    [`/${'x'.repeat(44)}`, 404],
    ['/', 404],
  ])('%s is answered by %s', async (path, expected) => {
    const answer = await ask(nginx, { ask: `GET http://${host}${path}` });
    expect(answer.status === 200 ? echoOf(answer).headers['host'] : answer.status).toBe(expected);
  });

  it.each([
    ['/api/v1/items', '/api/v1/items'],
    ['/api/v1/other', 'regex'],
    ['/API/v1/other', 'regex'],
    ['/api/v2/exact', 'exact'],
    ['/api/v2/exact/', 'regex'],
    ['/api/x', '/api'],
    ['/apix', '/'],
    ['/api%0A', '/'],
    ['/', '/'],
  ])('beside a regular expression %s is answered by %s', async (path, expected) => {
    const answer = await ask(nginx, { ask: `GET http://regex.example.com${path}` });
    expect(echoOf(answer).headers['host']).toBe(expected);
  });

  it.each([
    ['one.example.org', 200],
    ['ONE.Example.Org', 200],
    ['two.one.example.org', 404],
    ['example.org', 404],
  ])('a wildcard host takes %s with %d', async (name, status) => {
    expect((await ask(nginx, { ask: `GET http://${name}/` })).status).toBe(status);
  });

  it('forward the path as the client wrote it', async () => {
    const answer = await ask(nginx, { ask: `GET http://${host}/tea/%2F//a%20b/?x=%0A` });
    expect(echoOf(answer).path).toBe('/tea/%2F//a%20b/?x=%0A');
  });
});

describe('requests to backends', () => {
  let nginx: RenderedNginx;
  beforeAll(async () => {
    nginx = await start(
      aModel([aHost({ hasTls: true, routes: [aRoute({ backend, policy: { tlsRedirect: 'never' } })] })]),
    );
  });
  const headersOf = async (headers: Record<string, string>, scheme = 'http') =>
    echoOf(await ask(nginx, { ask: `GET ${scheme}://${host}/`, headers })).headers;

  it('tell who asks, and believe nobody', async () => {
    const seen = await headersOf({
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-host': 'evil',
      'x-real-ip': '6.6.6.6',
      proxy: 'evil',
    });
    expect(seen).toMatchObject({
      host,
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': host,
      'x-forwarded-port': String(nginx.httpPort),
      'x-forwarded-proto': 'http',
      'x-forwarded-scheme': 'http',
      'x-scheme': 'http',
      'x-original-forwarded-for': '6.6.6.6',
      'x-original-forwarded-host': 'evil',
    });
    expect(seen).not.toHaveProperty('proxy');
    expect(seen).not.toHaveProperty('connection', 'close');
  });

  it('tell of TLS', async () => {
    expect(await headersOf({}, 'https')).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' });
  });

  it('keep the port that the client wrote, with the host that nginx chose', async () => {
    expect(await headersOf({ host: 'CAFE.example.com:8080' })).toMatchObject({ host: `${host}:8080` });
    const client = await connectRaw(nginx.httpPort);
    client.send(`GET http://${host}/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
    const seen = (await client.untilClosed()).text;
    expect(seen).toContain(`"host":"${host}"`);
    expect(seen).toContain(`"x-forwarded-host":"${host}"`);
    expect(seen).not.toContain('evil');
  });

  it('carry the id of the client when it is one', async () => {
    expect(await headersOf({ 'x-request-id': 'abc-123' })).toMatchObject({ 'x-request-id': 'abc-123' });
    expect((await headersOf({ 'x-request-id': 'a b' }))['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
    expect((await headersOf({ 'x-request-id': 'a'.repeat(129) }))['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('let WebSockets through', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${nginx.httpPort}/chat`, { headers: { host } });
    const first = await new Promise((resolve, reject) => socket.once('message', resolve).once('error', reject));
    expect(JSON.parse(String(first))).toEqual({ backend: 'echo', path: '/chat' });
    socket.close();
  });

  it('are refused above the size of bodies', async () => {
    expect((await ask(nginx, { ask: `POST http://${host}/`, bodyBytes: 1_048_577 })).status).toBe(413);
    expect(echoOf(await ask(nginx, { ask: `POST http://${host}/`, bodyBytes: 1_048_576 })).bodyBytes).toBe(1_048_576);
  });
});

describe('errors', () => {
  let nginx: RenderedNginx;
  beforeAll(async () => {
    const policy = { errorCodes: [403, 404, 413, 502, 503] };
    nginx = await start(
      aModel([
        aHost({ name: '', fallback: aFallback({ backend: errorBackend, policy: aRoute({ policy }).policy }) }),
        aHost({
          routes: [
            aRoute({ backend, errorBackend, policy }),
            aRoute({ path: '/dead', backend: aBackend('dead', ['127.0.0.1:9']), errorBackend, policy }),
            aRoute({ path: '/denied', backend, errorBackend, policy: { ...policy, deniedNetworks: ['127.0.0.0/8'] } }),
            aRoute({ path: '/plainly-denied', backend, policy: { allowedNetworks: ['10.0.0.0/8'] } }),
            aRoute({
              path: '/allowed',
              backend,
              policy: { deniedNetworks: ['127.0.0.2'], allowedNetworks: ['127.0.0.0/8'] },
            }),
            aRoute({ path: '/empty', backend: aBackend('empty', []) }),
            aRoute({
              path: '/stood-in',
              backend: aBackend('empty', []),
              errorBackend,
              policy: { errorBackendService: 'errors' },
            }),
          ],
        }),
      ]),
    );
  });

  it.each([
    ['of the backend', '/?a=b', 404, { 'x-answer-status': '404' }, undefined],
    ['of the backend that nginx could give, too', '/', 502, { 'x-answer-status': '502' }, undefined],
    ['of an unreachable backend', '/dead', 502, {}, 'upstream-unreachable'],
    ['of a denied client', '/denied', 403, {}, 'denied'],
    ['of missing endpoints', '/stood-in/x', 503, {}, 'no-endpoints'],
  ])('%s get a page and keep their status', async (_what, path, status, headers, reason) => {
    const answer = await ask(nginx, {
      ask: `POST http://${host}${path}`,
      body: 'secret',
      headers: { accept: 'text/x', 'x-gatehouse-reason': 'no-host', ...headers },
    });
    expect(answer.status).toBe(status);
    const seen = echoOf(answer);
    expect(seen).toMatchObject({ backend: 'errors', method: 'POST', bodyBytes: 0 });
    expect(seen.path.split('?', 1)[0]).toBe('/');
    expect(seen.headers).toMatchObject({
      'x-code': String(status),
      'x-format': 'text/x',
      'x-original-uri': path,
      'x-namespace': 'default',
      'x-ingress-name': 'cafe',
      'x-service-name': 'tea-svc',
      'x-service-port': '80',
    });
    expect(seen.headers['x-gatehouse-reason']).toBe(reason);
  });

  it('of too large a body get a page', async () => {
    const answer = await ask(nginx, { ask: `POST http://${host}/`, bodyBytes: 1_048_577 });
    expect([answer.status, echoOf(answer).headers['x-code']]).toEqual([413, '413']);
  });

  it('that nobody asked for stay as they are', async () => {
    const answer = await ask(nginx, { ask: `GET http://${host}/`, headers: { 'x-answer-status': '500' } });
    expect([answer.status, echoOf(answer).backend]).toEqual([500, 'echo']);
  });

  it('without an error backend are those of nginx', async () => {
    expect((await ask(nginx, { ask: `GET http://${host}/plainly-denied` })).status).toBe(403);
    expect((await ask(nginx, { ask: `GET http://${host}/allowed` })).status).toBe(200);
    expect((await ask(nginx, { ask: `GET http://${host}/empty` })).status).toBe(503);
  });

  it('of what nobody has a rule for are told by the default backend itself', async () => {
    const answer = await ask(nginx, { ask: 'GET http://unknown.example.com/x', headers: { 'x-answer-status': '404' } });
    const { headers, path } = echoOf(answer);
    expect([answer.status, path]).toEqual([404, '/x']);
    expect(headers).toMatchObject({ 'x-code': '404', 'x-gatehouse-reason': 'no-host' });
    expect((await ask(nginx, { ask: 'GET http://unknown.example.com/x' })).status).toBe(200);
  });
});

describe('an ExternalName', () => {
  it('that cannot be resolved hurts only its own paths, wherever DNS is', async () => {
    const external = aBackend('external', ['no-such-name.invalid:80']);
    const model = aModel([aHost({ routes: [aRoute({ backend }), aRoute({ path: '/external', backend: external })] })]);
    for (const resolvers of [['127.0.0.1'], []]) {
      const nginx = await start(model, { resolvers });
      expect((await ask(nginx, { ask: `GET http://${host}/` })).status).toBe(200);
      const { status } = await ask(nginx, { ask: `GET http://${host}/external` });
      expect([502, 503]).toContain(status);
    }
  });
});

describe('an nginx without access log, TLS and connections kept', () => {
  it('serves', async () => {
    const settings = someSettings({ upstreamKeepaliveConnections: 0, http2: false });
    const nginx = await start(aModel([aHost({ routes: [aRoute({ backend })] })], { settings }), { https: [] });
    const { headers } = echoOf(await ask(nginx, { ask: `GET http://${host}/` }));
    expect(headers['connection']).toBe('close');
    expect(testedCapabilities().version).toMatch(/^1\./);
  });
});
