import { makeSelfSignedCertificate } from '@gatehouse/certificates';
import { makeCertificate, type CertificatePair } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type TLSSocket } from 'node:tls';
import { createHttpServer, type HttpServer } from './http-server.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
let server: HttpServer;
let port = 0;
let authorities: readonly [CertificatePair, CertificatePair];
let clients: readonly [CertificatePair, CertificatePair];

beforeAll(async () => {
  const authority = (name: string) => makeCertificate({ hosts: [name], usage: 'ca' });
  authorities = await Promise.all([authority('one'), authority('two')]);
  const clientOf = (ca: CertificatePair) => makeCertificate({ hosts: ['client'], ca });
  clients = await Promise.all([clientOf(authorities[0]), clientOf(authorities[1])]);
  server = createHttpServer({
    app: ({ socket }, response) => response.end(`authorized ${String('authorized' in socket && socket.authorized)}`),
    tls: await makeSelfSignedCertificate({ commonName: 'a', dnsNames: ['a'], ipAddresses: [], validDays: 1 }),
    clientCaPem: authorities[0].certPem,
    logger: silent,
  });
  port = await server.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(() => server.close(0));

async function open(pair?: CertificatePair): Promise<TLSSocket> {
  const own = pair === undefined ? {} : { cert: pair.certPem, key: pair.keyPem };
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...own });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).on('error', reject));
  return socket;
}

function ask(socket: TLSSocket): Promise<string> {
  socket.write(GET);
  return new Promise((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString())));
}

describe('a server that asks for client certificates', () => {
  it('tells the app who is vouched for, and lets it answer the others', async () => {
    expect(await ask(await open(clients[0]))).toContain('authorized true');
    expect(await ask(await open(clients[1]))).toContain('authorized false');
    expect(await ask(await open())).toContain('authorized false');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('asks again whoever would resume a session of %s', async (version) => {
    const to = { port, host: '127.0.0.1', rejectUnauthorized: false, minVersion: version, maxVersion: version };
    const first = connect({ ...to, cert: clients[0].certPem, key: clients[0].keyPem });
    let session: Buffer | undefined;
    first.on('session', (one) => (session = one));
    expect(await ask(first)).toContain('authorized true');
    session ??= first.getSession();
    const again = connect({ ...to, ...(session === undefined ? {} : { session }) });
    expect(await ask(again)).toContain('authorized false');
    expect(again.isSessionReused()).toBe(false);
  });

  it('takes another authority for new connections, and ends the old ones with their next answer', async () => {
    const old = await open(clients[0]);
    expect(await ask(old)).not.toContain('Connection: close');
    server.setClientCa(authorities[1].certPem);
    expect(await ask(old)).toContain('Connection: close');
    expect(await ask(await open(clients[0]))).toContain('authorized false');
    const next = await open(clients[1]);
    expect(await ask(next)).toContain('authorized true');
    expect(await ask(next)).not.toContain('Connection: close');
  });

  it('keeps both when its own certificate changes, and all when an authority is unusable', async () => {
    server.setClientCa(authorities[0].certPem + authorities[1].certPem);
    server.setIdentity(
      await makeSelfSignedCertificate({ commonName: 'b', dnsNames: ['b'], ipAddresses: [], validDays: 1 }),
    );
    expect(() => server.setClientCa('')).toThrow('there is no certificate');
    expect(() => server.setClientCa(authorities[0].certPem.replace('\nMII', '\n'))).toThrow();
    expect(await ask(await open(clients[0]))).toContain('authorized true');
    expect(await ask(await open(clients[1]))).toContain('authorized true');
    expect(await ask(await open())).toContain('authorized false');
  });
});
