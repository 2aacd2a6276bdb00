/**
 * Duty: clients and backends that mean harm, over the wire, against a whole controller with a real nginx.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRaw, makeCertificate } from '@gatehouse/testing';
import { ask } from './harness/ask.ts';
import { startEchoBackend, type Echo, type EchoBackend } from './harness/echo-backend.ts';
import { startGate, type Gate } from './harness/gate.ts';
import {
  makeManifestDirectory,
  oneRule,
  serviceOnLoopback,
  type ManifestDirectory,
} from './harness/manifest-directory.ts';
import { external, inNamespace } from './injection/raw-objects.ts';
import { startRecorder, type Recorder } from './injection/recorder.ts';

const HOST = 'shop.example.com';

let directory: ManifestDirectory;
let web: EchoBackend;
let evil: EchoBackend;
let errors: EchoBackend;
let recorder: Recorder;
let gate: Gate;

const externalNames = [
  ...['localhost', 'LOCALHOST.', 'a.localhost', '127.0.0.1', '127.1', '0x7f.1', '2130706433', '[::1]', '::1'],
  ...[
    '169.254.169.254',
    'metadata.google.internal',
    'unix:/run/x.sock',
    'http://a.example',
    'a.example:81',
    '*.example',
  ],
];

beforeAll(async () => {
  directory = makeManifestDirectory();
  [web, evil, errors] = (await Promise.all(['web', 'evil', 'errors'].map((name) => startEchoBackend({ name })))) as [
    EchoBackend,
    EchoBackend,
    EchoBackend,
  ];
  recorder = await startRecorder();
  const { certPem, keyPem } = await makeCertificate({ hosts: ['*.example.com'] });
  const guarded = { 'allowlist-source-range': '192.0.2.0/24' };
  directory.save('objects.yaml', [
    ...serviceOnLoopback('web', web.port),
    ...serviceOnLoopback('errors', errors.port),
    ...serviceOnLoopback('recorder', recorder.port),
    ...serviceOnLoopback('idle', 1).slice(0, 1),
    oneRule({ name: 'guard', host: HOST, path: '/admin', annotations: guarded }),
    oneRule({ name: 'guard-exact', host: HOST, path: '/secret', pathType: 'Exact', annotations: guarded }),
    oneRule({ name: 'shop', host: HOST }),
    oneRule({
      ...{ name: 'erring', host: 'erring.example.com' },
      annotations: { 'custom-http-errors': '404,503', 'default-backend': 'errors' },
    }),
    oneRule({ name: 'recorded', host: 'recorded.example.com', service: 'recorder' }),
    oneRule({
      ...{ name: 'recorded-error', host: 'recorded-error.example.com', service: 'idle' },
      annotations: { 'default-backend': 'recorder' },
    }),
    oneRule({ name: 'wild', host: '*.wild.example.com' }),
    oneRule({ name: 'to-tls', host: 'tls.example.com', annotations: { 'force-ssl-redirect': 'true' } }),
    oneRule({
      name: 'moved',
      host: 'moved.example.com',
      annotations: { 'permanent-redirect': 'https://$host$request_uri' },
    }),
    oneRule({ name: 'one', host: 'one.example.com', tlsSecret: 'cert', annotations: { 'ssl-redirect': 'false' } }),
    oneRule({
      ...{ name: 'stolen', host: 'stolen.example.com', tlsSecret: 'theirs/cert' },
      annotations: { 'default-backend': 'theirs/evil', 'ssl-redirect': 'false' },
    }),
    {
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: 'cert' } },
      stringData: { 'tls.crt': certPem, 'tls.key': keyPem },
    },
    ...externalNames.flatMap((name, index) => external(`external-${index}`, name)),
    ...inNamespace('theirs', [
      ...serviceOnLoopback('evil', evil.port),
      oneRule({
        ...{ name: 'sibling', host: HOST, service: 'evil', path: '/(a|s|x)[a-z]{1,20}n?[^/]*' },
        ...{ pathType: 'ImplementationSpecific', annotations: { 'use-regex': 'true' } },
      }),
    ]),
  ]);
  gate = await startGate({ manifests: directory.path });
});

afterAll(async () => {
  await gate.close();
  recorder.close();
  directory.cleanUp();
  await Promise.all([web, evil, errors].map((backend) => backend.close()));
});

/** The whole answer to these bytes. */
async function send(bytes: string): Promise<string> {
  const client = await connectRaw(gate.httpPort);
  client.send(bytes);
  return (await client.untilClosed()).text;
}

const get = (target: string, host = HOST, more = ''): Promise<string> =>
  send(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}\r\n`);
const statusOf = (answer: string): number => Number(answer.split(' ', 2)[1]);
const backendOf = (answer: string): string | undefined => /"backend":"([a-z]+)"/.exec(answer)?.[1];

describe('a path that a list of networks guards', () => {
  it.each([
    ...['/admin', '/admin/', '/admin/x', '/admin?x', '/admin#x', '//admin', '/./admin', '/x/../admin', '/%61dmin'],
    ...['/admin%2f', '/admin%2Fx', '/%2fadmin', '/x/%2e%2e/admin', '/x%2f..%2fadmin', '/x/.%2e/admin', '/%2e/admin'],
    ...['/admin/.', '/admin/..;/', '/admin//', '/x/..//admin', `http://${HOST}/admin`, `HTTP://${HOST}//admin`],
    ...[
      '/secret',
      '//secret',
      '/%73ecret',
      '/x/../secret',
      '/secret?',
      '/secret#',
      '/../admin',
      '/admin%00',
      '/%00/../admin',
    ],
  ])('is never open by %s, although a sibling has a regular expression on the host', async (target) => {
    const before = web.requestCount();
    const answer = await get(target);
    // The sibling may answer with its own backend: whose host it is, is a question of rights, not of paths.
    expect([400, 403, 'evil']).toContain(backendOf(answer) ?? statusOf(answer));
    expect(web.requestCount()).toBe(before);
  });
});

describe('a Host', () => {
  it.each([
    ['two of them', `GET / HTTP/1.1\r\nHost: ${HOST}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`, 400],
    ['none', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a line that is folded', `GET / HTTP/1.1\r\nHost: a\r\n ${HOST}\r\nConnection: close\r\n\r\n`, 400],
    ['a blank before the colon', `GET / HTTP/1.1\r\nHost : ${HOST}\r\nConnection: close\r\n\r\n`, 400],
  ])('that is %s is refused', async (_what, bytes, status) => {
    expect(statusOf(await send(bytes))).toBe(status);
  });

  it.each([
    ...[`evil@${HOST}`, `${HOST}@evil`, `${HOST}#`, `${HOST}?`, `${HOST}/x`, `${HOST}\\x`, `${HOST}..`, `.${HOST}`],
    ...[
      `${HOST},evil`,
      `${HOST} evil`,
      `a.${HOST}`,
      `${HOST}.evil`,
      '_',
      '*',
      '~.',
      '[::1]',
      '127.0.0.1',
      '""',
      `${HOST}%00`,
    ],
    ...['evil@x.wild.example.com', 'evil#.wild.example.com', 'evil?.wild.example.com', '2130706433#.wild.example.com'],
    ...[
      "x'.wild.example.com",
      '<b>.wild.example.com',
      '*.wild.example.com',
      'a:80.wild.example.com',
      '$.wild.example.com',
    ],
  ])('%s is not taken for a host that is served', async (host) => {
    expect([400, 404]).toContain(statusOf(await get('/', host)));
  });

  it('decides, and not the name in the handshake', async () => {
    const answer = await ask(gate, { ask: 'GET https://one.example.com/admin', host: HOST });
    expect([403, 200]).toContain(answer.status);
    if (answer.status === 200) expect((JSON.parse(answer.body) as Echo).backend).toBe('evil');
  });
});

describe('a redirect', () => {
  it.each([
    ...[
      '//evil.example/',
      '///evil.example',
      '/\\evil.example',
      '/%0d%0aSet-Cookie:%20a=b',
      '/@evil.example',
      '/.evil.example',
    ],
    ...[
      '?.evil.example',
      '/?@evil.example',
      '/#@evil.example',
      '/%5cevil.example',
      '/http://evil.example',
      '/:@evil.example',
    ],
  ])('of %s leads to the same host', async (target) => {
    for (const host of ['tls.example.com', 'moved.example.com']) {
      const written = target.startsWith('/') ? target : `http://${host}${target}`;
      const answer = await get(written, host);
      const location = /^Location: (.*)\r$/im.exec(answer)?.[1];
      if (location !== undefined) expect(new URL(location).host).toBe(host);
      else expect(statusOf(answer)).toBe(400);
      expect(answer).not.toMatch(/^set-cookie/im);
    }
  });
});

describe('a header', () => {
  const headersSeen = async (more: string, host = HOST): Promise<Readonly<Record<string, string>>> => {
    const answer = await send(`GET /open HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}\r\n\r\n`);
    return (JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as Echo).headers;
  };

  it.each([
    ['an underscore', 'X_Forwarded_For: 6.6.6.6\r\nX_Real_IP: 6.6.6.6'],
    [
      'several times',
      'X-Real-IP: 6.6.6.6\r\nX-Real-IP: 7.7.7.7\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 7.7.7.7',
    ],
    ['another case', 'x-REAL-ip: 6.6.6.6\r\nX-FORWARDED-for: 6.6.6.6\r\nX-forwarded-PROTO: https'],
    ['named as hop-by-hop', 'Connection: X-Real-IP, X-Forwarded-For, X-Forwarded-Proto'],
  ])('with %s says nothing about the client', async (_what, more) => {
    const seen = await headersSeen(more);
    expect(seen).toMatchObject({
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
    });
    expect(Object.keys(seen).filter((name) => name.includes('_'))).toEqual([]);
  });

  it('that belongs to one connection goes no further', async () => {
    const seen = await headersSeen('Keep-Alive: 5\r\nTE: trailers\r\nProxy: http://evil.example');
    for (const name of ['keep-alive', 'te', 'proxy', 'upgrade']) expect(seen).not.toHaveProperty(name);
  });

  it('with a code does not reach the error backend', async () => {
    const more = 'X-Answer-Status: 404\r\nX-Code: 200\r\nX-Original-URI: /evil\r\nX-Namespace: evil';
    const seen = await headersSeen(more, 'erring.example.com');
    expect(seen).toMatchObject({ 'x-code': '404', 'x-original-uri': '/open', 'x-namespace': 'default' });
  });
});

describe('a request whose end is unclear', () => {
  const post = (headers: string, body: string, version = '1.1'): string =>
    `POST /open HTTP/${version}\r\nHost: ${HOST}\r\n${headers}\r\n\r\n${body}`;
  const smuggled = `GET /smuggled HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;

  it.each([
    ['a length and chunks', post('Content-Length: 6\r\nTransfer-Encoding: chunked', `0\r\n\r\n${smuggled}`)],
    ['two lengths', post('Content-Length: 0\r\nContent-Length: 6', smuggled)],
    ['a length with a sign', post('Content-Length: +6', smuggled)],
    ['a length with a comma', post('Content-Length: 6, 6', smuggled)],
    ['chunks of another name', post('Transfer-Encoding: xchunked', smuggled)],
    ['chunks twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', `0\r\n\r\n${smuggled}`)],
    ['chunks behind identity', post('Transfer-Encoding: identity, chunked', `0\r\n\r\n${smuggled}`)],
    ['chunks behind a tab', post('Transfer-Encoding:\tchunked, x', `0\r\n\r\n${smuggled}`)],
    ['chunks in HTTP/1.0', post('Transfer-Encoding: chunked', `0\r\n\r\n${smuggled}`, '1.0')],
    ['a blank before the colon', post('Transfer-Encoding : chunked\r\nContent-Length: 6', `0\r\n\r\n${smuggled}`)],
    ['a length of a chunk with a sign', post('Transfer-Encoding: chunked', `-1\r\n${smuggled}`)],
  ])('by %s is refused, and nothing after it is answered', async (_what, bytes) => {
    const before = web.requestCount();
    const answer = await send(bytes);
    expect([400, 411, 501]).toContain(statusOf(answer));
    expect(web.requestCount()).toBe(before);
  });
});

describe('an upgrade', () => {
  const upgrade = (host: string, protocol: string, more = ''): Promise<string> =>
    send(
      `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: ${protocol}\r\n${more}\r\n`,
    );

  it.each(['h2c', 'H2C', 'h2c, websocket', 'websocket, h2c', 'h2'])(
    'to %s is not offered to the backend: within it no path would be guarded',
    async (protocol) => {
      const before = recorder.received().length;
      const answer = await upgrade('recorded.example.com', protocol, 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n');
      expect(statusOf(answer)).not.toBe(101);
      expect(recorder.received().slice(before)).not.toMatch(/^upgrade:|^connection: upgrade/im);
    },
  );

  it('does not go through an error page', async () => {
    const before = recorder.received().length;
    const answer = await upgrade('recorded-error.example.com', 'websocket');
    expect(statusOf(answer)).toBe(503);
    expect(recorder.received().slice(before)).not.toMatch(/^upgrade:/im);
  });
});

describe('a backend', () => {
  it.each(['/admin', '@errors', '/secret', 'http://evil.example/'])(
    'that answers X-Accel-Redirect: %s leads nginx nowhere',
    async (target) => {
      const answer = await get('/open', HOST, `X-Answer-Header: X-Accel-Redirect=${target}\r\n`);
      expect([statusOf(answer), backendOf(answer), /x-accel/i.test(answer.split('\r\n\r\n', 1)[0] ?? '')]).toEqual([
        ...[200, 'web', false],
      ]);
    },
  );

  it.each(['X-Accel-Limit-Rate=1', 'X-Accel-Charset=utf-7', 'X-Accel-Expires=99999'])(
    'that answers %s changes nothing',
    async (header) => {
      const answer = await get('/open', HOST, `X-Answer-Header: ${header}\r\n`);
      const head = answer.split('\r\n\r\n', 1)[0] ?? '';
      expect([statusOf(answer), backendOf(answer), /utf-7|x-accel/i.test(head)]).toEqual([200, 'web', false]);
    },
  );

  it.each(externalNames.map((name, index) => [name, index] as const))(
    'that is called %s is never asked',
    async (_name, index) => {
      expect(statusOf(await get('/', `external-${index}.example.com`))).toBe(503);
    },
  );

  it('of another namespace answers no errors, and its certificate is not shown', async () => {
    const answer = await ask(gate, { ask: 'GET https://stolen.example.com/', headers: { 'x-answer-status': '503' } });
    expect((JSON.parse(answer.body) as Echo).backend).toBe('web');
    expect(answer.certificateNames).not.toContain('example.com');
  });
});
