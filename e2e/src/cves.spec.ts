/**
 * Duty: the objects with which ingress-nginx was attacked, one for each CVE. Nothing of them becomes configuration, what
 * protects stays closed, and others serve on.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from './harness/ask.ts';
import { startEchoBackend, type Echo, type EchoBackend } from './harness/echo-backend.ts';
import { startGate, type Gate } from './harness/gate.ts';
import {
  makeManifestDirectory,
  oneRule,
  serviceOnLoopback,
  type ManifestDirectory,
} from './harness/manifest-directory.ts';
import { inNamespace } from './injection/raw-objects.ts';

/** What an attacker would have nginx read; it is in every payload. */
const MARK = 'zqx';

interface Attack {
  readonly cve: string;
  readonly what: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly pathType?: string;
  /** What a request for /p gets: 404 where the path was dropped, 503 where it is closed, 200 where the rest is harmless. */
  readonly status: 200 | 404 | 503;
  readonly problems: readonly string[];
}

const breakout = `; } location /${MARK} { return 200 ${MARK}; } #`;
const anyPath = { path: '/p/(.*)', pathType: 'ImplementationSpecific' };

const attacks: readonly Attack[] = [
  {
    ...{ cve: 'CVE-2021-25742', what: 'a server-snippet', status: 503, problems: ['SnippetRefused'] },
    annotations: { 'server-snippet': `location /${MARK} { alias /var/run/secrets/; }` },
  },
  {
    ...{ cve: 'CVE-2021-25745', what: 'directives in a path', status: 404, problems: [] },
    ...{ path: `/p { alias /; } location /${MARK}`, pathType: 'ImplementationSpecific' },
  },
  {
    ...{ cve: 'CVE-2021-25746', what: 'directives in an annotation', status: 200, problems: ['AnnotationInvalid'] },
    annotations: { 'upstream-vhost': `x"; ${MARK} on; #` },
  },
  {
    ...{ cve: 'CVE-2021-25748', what: 'a line break in a path', status: 404, problems: ['PathInvalid'] },
    path: `/p\n${breakout}`,
  },
  {
    ...{ cve: 'CVE-2022-4886', what: 'a path with a directive nobody thought of', status: 404, problems: [] },
    ...{ path: `/p {js_content ${MARK};}`, pathType: 'ImplementationSpecific' },
  },
  {
    ...{ cve: 'CVE-2023-5043', what: 'a configuration-snippet', status: 503, problems: ['SnippetRefused'] },
    annotations: { 'configuration-snippet': `content_by_lua_block { ${MARK} }` },
  },
  {
    ...{ cve: 'CVE-2023-5044', what: 'a permanent-redirect', status: 200, problems: ['AnnotationInvalid'] },
    annotations: { 'permanent-redirect': `https://a.example/${breakout}` },
  },
  {
    ...{ cve: 'CVE-2024-7646', what: 'a carriage return', status: 200, problems: ['AnnotationInvalid'] },
    annotations: { 'permanent-redirect': `https://a.example/\r${breakout}` },
  },
  {
    ...{ cve: 'CVE-2025-24514', what: 'auth-url', status: 503, problems: ['ProtectionNotSupported'] },
    annotations: { 'auth-url': `http://a.example/#;load_module /tmp/${MARK};\n` },
  },
  {
    ...{ cve: 'CVE-2025-1097', what: 'auth-tls-match-cn', status: 503 },
    annotations: { 'auth-tls-match-cn': `CN=a #(\n){}\n }}${breakout}`, 'auth-tls-secret': 'default/ca' },
    problems: ['ProtectionNotSupported', 'ProtectionNotSupported'],
  },
  {
    ...{ cve: 'CVE-2025-1098', what: 'mirror-target', status: 200, problems: ['AnnotationNotSupported'] },
    annotations: { 'mirror-target': `http://a.example/#;${breakout}\n` },
  },
  {
    ...{ cve: 'CVE-2025-15566', what: 'auth-proxy-set-headers', status: 503 },
    annotations: { 'auth-proxy-set-headers': `default/${MARK}`, 'auth-url': 'http://a.example/' },
    problems: ['AnnotationNotSupported', 'ProtectionNotSupported'],
  },
  {
    ...{ cve: 'CVE-2026-1580', what: 'auth-method', status: 503 },
    annotations: { 'auth-method': `GET;${breakout}`, 'auth-url': 'http://a.example/' },
    problems: ['AnnotationNotSupported', 'ProtectionNotSupported'],
  },
  {
    ...{ cve: 'CVE-2026-24512', what: 'a quote in a path', status: 404, problems: [] },
    ...{ path: `/p" ${breakout} "`, pathType: 'ImplementationSpecific' },
  },
  {
    ...{
      cve: 'CVE-2026-3288',
      what: 'a quote in a path that is rewritten',
      status: 404,
      problems: ['PathRegexInvalid'],
    },
    annotations: { 'rewrite-target': '/$1', 'use-regex': 'true' },
    ...{ path: `/p"${breakout}(.*)`, pathType: 'ImplementationSpecific' },
  },
  {
    ...{ cve: 'CVE-2026-4342', what: 'a line break in a path beside auth annotations', status: 404 },
    annotations: { 'auth-url': 'http://a.example/', 'auth-keepalive': '8' },
    path: `/p\n${MARK} on;`,
    problems: ['AnnotationNotSupported', 'PathInvalid', 'ProtectionNotSupported'],
  },
  {
    ...{ cve: 'CVE-2026-9256', what: 'overlapping captures', status: 200, problems: [] },
    annotations: { 'rewrite-target': '/$1$2', 'use-regex': 'true' },
    ...anyPath,
    path: '/p((.*))',
  },
];

const hostOf = (cve: string): string => `${cve.toLowerCase()}.example.com`;

describe('an attack known from ingress-nginx', () => {
  let directory: ManifestDirectory;
  let backends: Record<'bystander' | 'dashed' | 'errors' | 'web', EchoBackend>;
  let gate: Gate;

  beforeAll(async () => {
    directory = makeManifestDirectory();
    const start = (name: string): Promise<EchoBackend> => startEchoBackend({ name });
    backends = {
      bystander: await start('bystander'),
      dashed: await start('dashed'),
      errors: await start('errors'),
      web: await start('web'),
    };
    directory.save('bystander.yaml', [
      ...serviceOnLoopback('bystander', backends.bystander.port),
      oneRule({ name: 'bystander', host: 'bystander.example.com', service: 'bystander' }),
    ]);
    directory.save('attacks.yaml', [
      ...serviceOnLoopback('web', backends.web.port),
      ...serviceOnLoopback('errors', backends.errors.port),
      ...attacks.map(({ cve, annotations = {}, path = '/p', pathType = 'Prefix' }) =>
        oneRule({ name: cve.toLowerCase(), host: hostOf(cve), path, pathType, annotations }),
      ),
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: MARK }, data: { 'X-A': `1"; ${breakout}` } },
      oneRule({
        name: 'hidden',
        host: hostOf('CVE-2026-24513'),
        annotations: {
          'allowlist-source-range': '192.0.2.1',
          'custom-http-errors': '401,403',
          'default-backend': 'errors',
        },
      }),
    ]);
    directory.save('names.yaml', [
      ...inNamespace('a-b', [
        ...serviceOnLoopback('c', backends.web.port),
        oneRule({ host: 'c.example.com', service: 'c' }),
      ]),
      ...inNamespace('a', [
        ...serviceOnLoopback('b-c', backends.dashed.port),
        oneRule({ host: 'b-c.example.com', service: 'b-c' }),
      ]),
    ]);
    gate = await startGate({ manifests: directory.path });
  });

  afterAll(async () => {
    await gate.close();
    directory.cleanUp();
    await Promise.all(Object.values(backends).map((backend) => backend.close()));
  });

  it.each(attacks)('$cve, $what, gets nothing in and opens nothing', async ({ cve, status, problems }) => {
    expect((await ask(gate, { ask: `GET http://${hostOf(cve)}/p` })).status).toBe(status);
    expect((await ask(gate, { ask: `GET http://${hostOf(cve)}/${MARK}` })).body).not.toMatch(new RegExp(`^${MARK}`));
    const found = gate
      .problems()
      .filter(({ object, code }) => object.name === cve.toLowerCase() && code !== 'PathLooksLikeRegex');
    expect(found.map(({ code }) => code).sort()).toEqual(problems);
  });

  it('leaves no directive, and text only within the quotes of a path', () => {
    const lines = readFileSync(join(gate.runtimeDirectory, 'config/current/nginx.conf'), 'utf8').split('\n');
    const marked = lines.filter((line) => line.includes(MARK));
    for (const line of marked) expect(line).toMatch(/^ +location (?:= )?"(?:[^"\\]|\\.)*" \{$/);
  });

  it('leaves others alone', async () => {
    const answer = await ask(gate, { ask: 'GET http://bystander.example.com/' });
    expect(JSON.parse(answer.body)).toMatchObject({ backend: 'bystander' });
  });

  it('CVE-2026-24513, an error backend that answers 200, hides no refusal', async () => {
    const answer = await ask(gate, { ask: `GET http://${hostOf('CVE-2026-24513')}/` });
    expect([answer.status, (JSON.parse(answer.body) as Echo).backend]).toEqual([403, 'errors']);
  });

  it('CVE-2020-8553, names that are the same when they are joined, stay two', async () => {
    const backendOf = async (host: string): Promise<string> =>
      (JSON.parse((await ask(gate, { ask: `GET http://${host}/` })).body) as Echo).backend;
    expect([await backendOf('c.example.com'), await backendOf('b-c.example.com')]).toEqual(['web', 'dashed']);
  });
});
