/**
 * Duty: nginx agrees with what is rendered: goldens are accepted, and hostile text comes back over HTTP as it was put in.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRenderer } from '@gatehouse/nginx';
import type { Interpolated } from '@gatehouse/annotations';
import type { RouteNames } from '@gatehouse/routing';
import {
  aBackend,
  aFallback,
  aHost,
  aModel,
  anOrigin,
  aRoute,
  makeCertificate,
  someSettings,
} from '@gatehouse/testing';
import { ask } from './harness/ask.ts';
import {
  makePlace,
  objectionTo,
  renderOptionsFor,
  startRendered,
  testedCapabilities,
  type NginxPlace,
  type RenderedNginx,
} from './harness/bare-nginx.ts';
import { startEchoBackend, type Echo, type EchoBackend } from './harness/echo-backend.ts';

const goldens = join(import.meta.dirname, '../../libs/nginx/golden');

describe('goldens', () => {
  let place: NginxPlace;
  let head: string;
  beforeAll(async () => {
    place = await makePlace();
    const { certPem, keyPem } = await makeCertificate({ hosts: ['cafe.example.com'] });
    writeFileSync(join(place.directory, `keys/${'ab'.repeat(32)}.pem`), `${certPem}${keyPem}`);
    const options = renderOptionsFor(place, { resolvers: ['127.0.0.1'] });
    // With all that is there only for error pages.
    const { backend: defaultBackend } = aFallback();
    const whole = createRenderer(options).render(aModel([], { defaultBackend })).files.get('nginx.conf') ?? '';
    head = whole.slice(0, whole.search(/^ {4}(?:upstream (?!gatehouse)|server )/m));
  });
  afterAll(() => place.remove());

  const names = ['answering', 'matching'].flatMap((part) =>
    readdirSync(join(goldens, part)).map((name) => join(part, name)),
  );

  it.each(names)('%s is accepted', (name) => {
    const blocks = readFileSync(join(goldens, name, 'nginx.conf'), 'utf8')
      .replaceAll('/run/gatehouse', place.directory)
      .replaceAll('127.0.0.1:8080', `127.0.0.1:${place.httpPort}`)
      .replaceAll('127.0.0.1:8443', `127.0.0.1:${place.httpsPort}`);
    const certificate = `${place.directory}/keys/default.pem`;
    const catchAll = blocks.includes('server_name _;')
      ? ''
      : `server { listen 127.0.0.1:${place.httpsPort} ssl default_server; ssl_certificate ${certificate}; ssl_certificate_key ${certificate}; }`;
    const objection = objectionTo(place, `${head}${catchAll}\n${blocks}}\n`);
    const needsResolve = blocks.includes(' resolve;') && !testedCapabilities().upstreamResolve;
    if (needsResolve) expect(objection).toContain('invalid parameter "resolve"');
    else expect(objection).toBeUndefined();
  });
});

/** What has broken out of configurations before, and what nginx reads in a way of its own. */
const hostile = [
  '"', '\\', '\\"', "'", '"; return 200 x; #', '} server { listen 1; } #', '#', ';', '{', '}', '$', '$$', '$host', '${host}',
  '$1', '$gatehouse_dollar', '${', '$}', '\\$', '\\n', '\\\\n', '~^x', '= x', '@x', ' x ', '*', '.', 'off', 'é', '日本', '\u00a0',
  '%2e', '%', '{{x}}', '{{{x}}}', '<script>', "a'b\"c\\", 'x'.repeat(1800),
]; // prettier-ignore

describe('hostile text', () => {
  let backend: EchoBackend;
  let nginx: RenderedNginx;
  const text = (value: string): Interpolated => [{ kind: 'text', text: value }];

  beforeAll(async () => {
    backend = await startEchoBackend({ name: 'echo' });
    const echo = aBackend('echo', [`127.0.0.1:${backend.port}`]);
    const hosts = hostile.map((value, index) =>
      aHost({
        name: `h${index}.example.com`,
        appRoot: { path: `/${value}`, origin: anOrigin() },
        routes: [
          aRoute({
            path: `/exact${value}`,
            match: 'exact',
            policy: { redirect: { status: 307, location: text(`/x${value}`) } },
          }),
          aRoute({ path: `/prefix${value}`, backend: echo, policy: { upstreamHost: text(`x${value}`) } }),
          aRoute({
            path: '/rewrite',
            backend: echo,
            policy: { rewriteTarget: text(`/x${value.replaceAll('?', '')}`) },
          }),
          aRoute({
            path: '/errors',
            backend: echo,
            errorBackend: echo,
            names: namesOf(value),
            policy: { errorCodes: [418] },
          }),
        ],
      }),
    );
    nginx = await startRendered(aModel(hosts));
  });
  afterAll(async () => {
    await backend.close();
    await nginx.close();
  });

  /** As long as those of Kubernetes can be. */
  function namesOf(value: string): RouteNames {
    const name = value.slice(0, 253);
    return { namespace: name, ingress: name, service: name, servicePort: name };
  }

  const cases = hostile.map((value, index) => [value.slice(0, 40), value, `http://h${index}.example.com`] as const);
  /** A header's value as Node reads it: bytes, without the blanks around. */
  const seen = (value: string): string =>
    Buffer.from(value)
      .toString('latin1')
      .replace(/^ +| +$/g, '');

  it.each(cases)('%j comes back from a redirect and an app root', async (_short, value, url) => {
    const answer = await ask(nginx, { ask: `GET ${url}/exact${encodeURIComponent(value)}` });
    expect([answer.status, answer.headers.location]).toEqual([307, seen(`/x${value}`)]);
    const root = await ask(nginx, { ask: `GET ${url}/` });
    expect([root.status, root.headers.location]).toEqual([302, seen(`${url}/${value}`)]);
  });

  it.each(cases)('%j in a path matches itself alone', async (_short, value, url) => {
    const match = await ask(nginx, { ask: `GET ${url}/prefix${encodeURIComponent(value)}/below` });
    expect((JSON.parse(match.body) as Echo).headers['host']).toBe(seen(`x${value}`));
    expect((await ask(nginx, { ask: `GET ${url}/prefix${encodeURIComponent(value)}x` })).status).toBe(404);
  });

  it.each(cases)('%j as a rewritten path arrives whole', async (_short, value, url) => {
    const { path } = JSON.parse((await ask(nginx, { ask: `GET ${url}/rewrite` })).body) as Echo;
    expect(decodeURIComponent(path)).toBe(`/x${value}`);
  });

  it.each(cases)('%j as a name arrives at the error backend, encoded', async (_short, value, url) => {
    const answer = await ask(nginx, { ask: `GET ${url}/errors`, headers: { 'x-answer-status': '418' } });
    expect(answer.status).toBe(418);
    const { headers } = JSON.parse(answer.body) as Echo;
    const names = ['x-namespace', 'x-ingress-name', 'x-service-name', 'x-service-port'].map((name) => headers[name]);
    // It is a segment of a path on its way there. No name of Kubernetes needs that.
    const isNone = /^(?:\.*|-)$/.test(value);
    expect(names).toEqual(Array(4).fill(isNone ? undefined : encodeURIComponent(namesOf(value).service)));
  });

  it('leaves the proof answering the digest', async () => {
    const { request } = await import('node:http');
    const body = await new Promise<string>((resolve, reject) => {
      request({ socketPath: join(nginx.directory, 'proxy/proof.sock'), path: '/' }, (response) => {
        let all = '';
        response
          .setEncoding('utf8')
          .on('data', (part: string) => (all += part))
          .on('end', () => resolve(all));
      })
        .on('error', reject)
        .end();
    });
    expect(body).toBe(nginx.bundle.digest);
  });
});

describe('many names', () => {
  it.each([1, 60])('are taken without a warning, up to %d letters longer, and logged', async (spread) => {
    const hosts = Array.from({ length: 700 }, (_, index) =>
      aHost({ name: `h${'h'.repeat(index % spread)}${index}.example.com`, routes: [aRoute({ path: '/a' })] }),
    );
    const nginx = await startRendered(aModel(hosts, { settings: someSettings({ accessLog: true }) }));
    await ask(nginx, { ask: 'GET http://h0.example.com/nothing' });
    await nginx.close();
    expect(nginx.output()).not.toMatch(/\[(?:warn|error|crit|alert|emerg)\]/);
    expect(nginx.output()).toMatch(/"GET \/nothing HTTP\/1\.1" 404 /);
  });
});
