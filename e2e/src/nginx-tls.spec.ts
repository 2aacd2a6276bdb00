/**
 * Duty: certificates, redirects to TLS and what is said about it, as rendered, on a real nginx.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type TLSSocket } from 'node:tls';
import type { Interpolated } from '@gatehouse/annotations';
import {
  aBackend,
  aHost,
  aModel,
  aModelCertificate,
  anOrigin,
  aRoute,
  makeCertificate,
  someSettings,
} from '@gatehouse/testing';
import { ask } from './harness/ask.ts';
import { startRendered, type RenderedNginx } from './harness/bare-nginx.ts';
import { startEchoBackend, type EchoBackend } from './harness/echo-backend.ts';

const text = (value: string): Interpolated => [{ kind: 'text', text: value }];

describe('TLS', () => {
  let echo: EchoBackend;
  let nginx: RenderedNginx;
  beforeAll(async () => {
    echo = await startEchoBackend({ name: 'echo' });
    const backend = aBackend('echo', [`127.0.0.1:${echo.port}`]);
    const { certPem, keyPem } = await makeCertificate({ hosts: ['own.example.com'] });
    const certificate = aModelCertificate(`${certPem}${keyPem}`, 'a'.repeat(64));
    const closed = aRoute({ path: '/closed', policy: { closedBecause: 'x' } });
    const away = aRoute({
      path: '/away',
      policy: { redirect: { status: 301, location: text('https://away.example/') } },
    });
    nginx = await startRendered(
      aModel([
        aHost({ name: 'own.example.com', certificate, hasTls: true, routes: [aRoute({ backend })] }),
        aHost({ name: 'mixed.example.com', hasTls: true, routes: [aRoute({ backend }), closed, away] }),
        aHost({ name: 'plain.example.com', routes: [aRoute({ backend })] }),
        aHost({ name: 'forced.example.com', routes: [aRoute({ backend, policy: { tlsRedirect: 'always' } })] }),
        aHost({
          name: 'rooted.example.com',
          hasTls: true,
          routes: [aRoute({ backend })],
          appRoot: { path: '/app', origin: anOrigin() },
        }),
      ]),
    );
  });
  afterAll(async () => {
    await echo.close();
    await nginx.close();
  });

  it.each([
    ['own.example.com', 'DNS:own.example.com'],
    ['plain.example.com', 'DNS:default.example'],
    ['unknown.example.com', 'DNS:default.example'],
    ['127.0.0.1', 'DNS:default.example'],
  ])('%s is shown the certificate of %s', async (name, names) => {
    expect((await ask(nginx, { ask: `GET https://${name}/` })).certificateNames).toBe(names);
  });

  it.each([
    ['http://own.example.com/a//b?c=%20', 308, 'https://own.example.com/a//b?c=%20'],
    ['http://own.example.com:8080/', 308, 'https://own.example.com/'],
    ['http://mixed.example.com/x', 308, 'https://mixed.example.com/x'],
    ['http://mixed.example.com/closed', 503, undefined],
    ['http://mixed.example.com/away', 301, 'https://away.example/'],
    ['http://plain.example.com/', 200, undefined],
    ['http://forced.example.com/', 308, 'https://forced.example.com/'],
    ['http://rooted.example.com:8080/', 302, 'http://rooted.example.com:8080/app'],
    ['http://rooted.example.com/x', 308, 'https://rooted.example.com/x'],
    ['http://own.example.com/.well-known/acme-challenge/token', 200, undefined],
    ['http://mixed.example.com/.well-known/acme-challenge/token', 200, undefined],
    [
      'http://own.example.com/x/.well-known/acme-challenge/token',
      308,
      'https://own.example.com/x/.well-known/acme-challenge/token',
    ],
    [
      'http://own.example.com/.well-known/acme-challenge/../../x',
      308,
      'https://own.example.com/.well-known/acme-challenge/../../x',
    ],
    ['https://own.example.com/', 200, undefined],
  ])('%s is answered %d %s', async (url, status, location) => {
    const answer = await ask(nginx, { ask: `GET ${url}` });
    expect([answer.status, answer.headers.location]).toEqual([status, location]);
  });

  it('is told to be kept, over TLS alone, and instead of what the backend says', async () => {
    const headers = { 'x-answer-header': 'strict-transport-security=max-age=1' };
    const over = await ask(nginx, { ask: 'GET https://own.example.com/', headers });
    expect(over.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
    const error = await ask(nginx, { ask: 'GET https://unknown.example.com/' });
    expect(error.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
    const plain = await ask(nginx, { ask: 'GET http://plain.example.com/', headers });
    expect(plain.headers['strict-transport-security']).toBeUndefined();
  });

  it('resumes a session with its own host, and shows the right certificate to every other all the same', async () => {
    const first = await handshake(nginx, 'own.example.com');
    expect(first.names).toBe('DNS:own.example.com');
    const other = await handshake(nginx, 'plain.example.com', first.session);
    expect([other.names, other.isResumed]).toEqual(['DNS:default.example', false]);
    const default1 = await handshake(nginx, 'plain.example.com');
    expect((await handshake(nginx, 'plain.example.com', default1.session)).isResumed).toBe(true);
  });
});

describe('session tickets', () => {
  const sessionsWith = async (tlsSessionTickets: boolean) => {
    const nginx = await startRendered(aModel([], { settings: someSettings({ tlsSessionTickets }) }));
    try {
      const first = await handshake(nginx, 'any.example.com');
      const again = await handshake(nginx, 'any.example.com', first.session);
      return { hasTicket: first.ticket !== undefined, isResumed: again.isResumed };
    } finally {
      await nginx.close();
    }
  };

  it('are given to nobody by default: nginx remembers sessions itself', async () => {
    expect(await sessionsWith(false)).toEqual({ hasTicket: false, isResumed: true });
  });

  it('let clients keep their sessions when the settings ask for it', async () => {
    expect(await sessionsWith(true)).toEqual({ hasTicket: true, isResumed: true });
  });
});

/** One TLS 1.2 handshake: the session is there as soon as it is over. */
async function handshake({ httpsPort }: RenderedNginx, servername: string, session?: Buffer) {
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const made = connect({
      host: '127.0.0.1',
      port: httpsPort,
      servername,
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.2',
      ...(session === undefined ? {} : { session }),
    });
    made.once('secureConnect', () => resolve(made)).once('error', reject);
  });
  const result = {
    names: socket.getPeerX509Certificate()?.subjectAltName,
    session: socket.getSession(),
    ticket: socket.getTLSTicket(),
    isResumed: socket.isSessionReused(),
  };
  socket.destroy();
  return result;
}
