/**
 * Duty: the default backend that we ship behind a whole controller with a real nginx: every error of the proxy itself is its
 * page, with the right status and reason, and no client can say what a page is about.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDefaultBackend } from '@gatehouse/default-backend';
import { RecordingLogger } from '@gatehouse/testing';
import fc from 'fast-check';
import { ask, type Answer, type Question } from './harness/ask.ts';
import { startEchoBackend, type Echo, type EchoBackend } from './harness/echo-backend.ts';
import { startGate, type Gate } from './harness/gate.ts';
import {
  makeManifestDirectory,
  oneRule,
  serviceOnLoopback,
  type ManifestDirectory,
} from './harness/manifest-directory.ts';

let directory: ManifestDirectory;
let backend: Awaited<ReturnType<typeof startDefaultBackend>>;
let web: EchoBackend;
let teller: EchoBackend;
let gate: Gate;

beforeAll(async () => {
  directory = makeManifestDirectory();
  web = await startEchoBackend({ name: 'web' });
  teller = await startEchoBackend({ name: 'teller' });
  backend = await startDefaultBackend({
    ...{ host: '127.0.0.1', port: 0, healthPort: 0, brandName: 'Acme', logger: new RecordingLogger() },
  });
  const short = { 'proxy-read-timeout': '1', 'proxy-body-size': '1k' };
  directory.save('objects.yaml', [
    ...serviceOnLoopback('errors', backend.port),
    ...serviceOnLoopback('web', web.port),
    ...serviceOnLoopback('teller', teller.port),
    ...serviceOnLoopback('dead', 9),
    ...serviceOnLoopback('idle', 9).slice(0, 1),
    oneRule({ name: 'web', host: 'x.example.com', path: '/web', annotations: short }),
    oneRule({ name: 'dead', host: 'x.example.com', path: '/dead', service: 'dead' }),
    oneRule({ name: 'idle', host: 'x.example.com', path: '/idle', service: 'idle' }),
    oneRule({
      ...{ name: 'guarded', host: 'x.example.com', path: '/guarded' },
      annotations: { 'allowlist-source-range': '192.0.2.0/24' },
    }),
    oneRule({
      ...{ name: 'told', host: 'told.example.com', service: 'idle' },
      annotations: { 'default-backend': 'teller' },
    }),
    oneRule({
      ...{ name: 'login', host: 'login.example.com' },
      annotations: { 'custom-http-errors': '401,403', 'default-backend': 'teller' },
    }),
  ]);
  gate = await startGate({ manifests: directory.path, flags: ['--default-backend-service=default/errors'] });
}, 30_000);

afterAll(async () => {
  await gate.close();
  directory.cleanUp();
  await Promise.all([backend.close(0), web.close(), teller.close()]);
});

interface Problem {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail: string;
}

const problemOf = (answer: Answer): Problem => JSON.parse(answer.body) as Problem;

describe('a page of the default backend', () => {
  const causes: readonly (readonly [cause: string, question: Question, status: number])[] = [
    ['no rule for the host', { ask: 'GET http://unknown.example.org/p' }, 404],
    ['no rule for the path', { ask: 'GET http://x.example.com/nothing' }, 404],
    ['no endpoints', { ask: 'GET http://x.example.com/idle' }, 503],
    ['an application that is gone', { ask: 'GET http://x.example.com/dead' }, 502],
    [
      'an application that is too slow',
      { ask: 'GET http://x.example.com/web', headers: { 'x-answer-delay-ms': '1500' } },
      504,
    ],
    ['too large a body', { ask: 'POST http://x.example.com/web', bodyBytes: 1025 }, 413],
    ['a network that may not ask', { ask: 'PUT http://x.example.com/guarded', body: 'x' }, 403],
  ];

  it('says something else about each cause', async () => {
    const details = await Promise.all(
      causes.map(
        async ([, question]) => problemOf(await ask(gate, withAccept(question, 'application/problem+json'))).detail,
      ),
    );
    expect(new Set(details).size).toBe(causes.length);
  });

  it.each(causes)('answers %s in JSON and HTML, with the status of the error', async (_cause, question, status) => {
    const json = await ask(gate, withAccept(question, 'application/problem+json'));
    expect([json.status, json.headers['content-type']]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(problemOf(json).status).toBe(status);
    const html = await ask(gate, withAccept(question, 'text/html'));
    expect([html.status, html.headers['content-type']]).toEqual([status, expect.stringContaining('text/html')]);
    expect(html.body).toContain(`<html`);
    expect(html.body).toContain('Acme');
  });

  it('has no body for HEAD, and the same status', async () => {
    const answer = await ask(gate, { ask: 'HEAD http://x.example.com/guarded' });
    expect([answer.status, answer.body]).toEqual([403, '']);
  });

  it('is not made of what an application answers', async () => {
    const answer = await ask(gate, { ask: 'GET http://x.example.com/web', headers: { 'x-answer-status': '403' } });
    expect([answer.status, (JSON.parse(answer.body) as Echo).backend]).toEqual([403, 'web']);
  });
});

describe('an error backend that answers 200', () => {
  it.each([401, 403])('opens no door that the application closed with %i', async (status) => {
    const before = teller.requestCount();
    const question = { ask: 'GET http://login.example.com/', headers: { 'x-answer-status': String(status) } };
    expect((await ask(gate, question)).status).toBe(status);
    expect(teller.requestCount()).toBe(before + 1);
  });
});

describe('a client', () => {
  const names = [
    ...['X-Code', 'X-Format', 'X-Original-URI', 'X-Namespace', 'X-Ingress-Name', 'X-Service-Name', 'X-Service-Port'],
    ...[
      'X-Gatehouse-Reason',
      'X-Forwarded-For',
      'X-Forwarded-Host',
      'X-Forwarded-Port',
      'X-Forwarded-Proto',
      'X-Real-IP',
    ],
  ];
  const value = fc.stringMatching(/^[!-~][ -~]{0,30}[!-~]$/);
  const headers = fc.uniqueArray(fc.tuple(fc.constantFrom(...names), fc.nat(3), value), {
    selector: ([name]) => name,
  });
  const spelt = (name: string, way: number): string =>
    [name, name.toLowerCase(), name.toUpperCase(), name.replaceAll('X-', 'x-')][way] ?? name;

  it('can say nothing about an error to the error backend', async () => {
    const plain = toldTo(await ask(gate, { ask: 'GET http://told.example.com/p', headers: { accept: 'text/x' } }));
    await fc.assert(
      fc.asyncProperty(headers, async (sent) => {
        const hostile = Object.fromEntries(sent.map(([name, way, text]) => [spelt(name, way), text]));
        const question = { ask: 'GET http://told.example.com/p', headers: { accept: 'text/x', ...hostile } };
        expect(toldTo(await ask(gate, question))).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });

  /** What the error backend was told, but for the number of the request. */
  function toldTo({ status, body }: Answer): object {
    const { headers: seen } = JSON.parse(body) as Echo;
    return [status, ...names.map((name) => [name, seen[name.toLowerCase()]])];
  }
});

function withAccept(question: Question, accept: string): Question {
  return { ...question, headers: { ...question.headers, accept } };
}
