/**
 * Duty: every protocol that a backend can speak, with a real server of each behind a real nginx.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  status,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import { aBackend, aHost, aModel, aRoute, makeCertificate, type CertificatePair } from '@gatehouse/testing';
import { ask } from './harness/ask.ts';
import { startRendered, testedCapabilities, type RenderedNginx } from './harness/bare-nginx.ts';
import { startEchoBackend, type Echo, type EchoBackend } from './harness/echo-backend.ts';

const host = 'localhost';
const METHOD = '/test.Echo/Say';
const asBytes = (bytes: Buffer): Buffer => bytes;

let pair: CertificatePair;
let plain: EchoBackend;
let encrypted: EchoBackend;
const grpcServers: Server[] = [];
let nginx: RenderedNginx;

/** A gRPC server that answers with what it gets, and with the Host that it saw as a trailer. */
async function startGrpc(serverCredentials: ServerCredentials): Promise<number> {
  const server = new Server();
  const say = { path: METHOD, requestStream: false, responseStream: false } as const;
  const serialize = {
    requestSerialize: asBytes,
    requestDeserialize: asBytes,
    responseSerialize: asBytes,
    responseDeserialize: asBytes,
  };
  server.addService(
    { say: { ...say, ...serialize } },
    {
      say(
        call: { request: Buffer; getHost(): string },
        callback: (error: null, value: Buffer, trailer: Metadata) => void,
      ) {
        const trailer = new Metadata();
        trailer.set('seen-host', call.getHost());
        callback(null, call.request, trailer);
      },
    },
  );
  grpcServers.push(server);
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', serverCredentials, (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

beforeAll(async () => {
  pair = await makeCertificate({ hosts: [host] });
  plain = await startEchoBackend({ name: 'plain' });
  encrypted = await startEchoBackend({ name: 'encrypted', tls: pair });
  const keys = [{ cert_chain: Buffer.from(pair.certPem), private_key: Buffer.from(pair.keyPem) }];
  const grpcPort = await startGrpc(ServerCredentials.createInsecure());
  const grpcsPort = await startGrpc(ServerCredentials.createSsl(null, keys));
  const at = (name: string, port: number) => aBackend(name, [`127.0.0.1:${port}`]);
  nginx = await startRendered(
    aModel([
      aHost({
        name: 'http.example.com',
        routes: [
          aRoute({ path: '/http', backend: at('plain', plain.port) }),
          aRoute({ path: '/https', backend: at('encrypted', encrypted.port), policy: { backendProtocol: 'HTTPS' } }),
          aRoute({ path: '/auto', backend: at('encrypted', encrypted.port), policy: { backendProtocol: 'AUTO_HTTP' } }),
          aRoute({ path: '/auto-plain', backend: at('plain', plain.port), policy: { backendProtocol: 'AUTO_HTTP' } }),
        ],
      }),
      aHost({ name: host, routes: [aRoute({ backend: at('grpc', grpcPort), policy: { backendProtocol: 'GRPC' } })] }),
      aHost({
        name: 'grpcs.example.com',
        routes: [aRoute({ backend: at('grpcs', grpcsPort), policy: { backendProtocol: 'GRPCS' } })],
      }),
    ]),
  );
});
afterAll(async () => {
  for (const server of grpcServers) server.forceShutdown();
  await Promise.all([plain.close(), encrypted.close()]);
  await nginx.close();
});

interface GrpcAnswer {
  readonly value: string | undefined;
  readonly code: status | undefined;
  readonly seenHost: string | undefined;
}

async function say(client: Client, words: string): Promise<GrpcAnswer> {
  try {
    return await new Promise((resolve, reject) => {
      let value: string | undefined;
      const call = client.makeUnaryRequest(
        METHOD,
        asBytes,
        asBytes,
        Buffer.from(words),
        (error: ServiceError | null, answer?: Buffer) => {
          if (error !== null) reject(error);
          value = answer?.toString();
        },
      );
      call.on('status', ({ code, metadata }: StatusObject) =>
        resolve({ value, code, seenHost: metadata.get('seen-host')[0]?.toString() }),
      );
    });
  } finally {
    client.close();
  }
}

const overTls = (authority: string) =>
  new Client(`127.0.0.1:${nginx.httpsPort}`, credentials.createSsl(null, null, null, { rejectUnauthorized: false }), {
    'grpc.ssl_target_name_override': authority,
    'grpc.default_authority': authority,
  });

describe('backends that speak', () => {
  it.each([
    ['HTTP', 'http', '/http', 'plain'],
    ['HTTPS', 'http', '/https', 'encrypted'],
    ['what the client speaks, TLS', 'https', '/auto', 'encrypted'],
    ['what the client speaks, no TLS', 'http', '/auto-plain', 'plain'],
  ])('%s are forwarded to over %s', async (_what, scheme, path, expected) => {
    const answer = await ask(nginx, { ask: `GET ${scheme}://http.example.com${path}/%2F?x=1` });
    expect([answer.status, (JSON.parse(answer.body) as Echo).backend]).toEqual([200, expected]);
    expect((JSON.parse(answer.body) as Echo).path).toBe(`${path}/%2F?x=1`);
  });

  it.each([host, 'grpcs.example.com'])('gRPC are called over TLS: %s', async (authority) => {
    expect(await say(overTls(authority), 'hello')).toEqual({ value: 'hello', code: status.OK, seenHost: authority });
  });

  it('gRPC are called without TLS where nginx can take both on one port, and else a Problem says so', async () => {
    const client = new Client(`127.0.0.1:${nginx.httpPort}`, credentials.createInsecure(), {
      'grpc.default_authority': host,
    });
    const codes = nginx.bundle.problems.map(({ code }) => code);
    if (testedCapabilities().http2Directive) {
      expect((await say(client, 'hello')).value).toBe('hello');
      expect(codes).toEqual([]);
    } else {
      await expect(say(client, 'hello')).rejects.toMatchObject({ code: status.UNAVAILABLE });
      expect(codes).toEqual(['AnnotationNeedsNewerNginx', 'AnnotationNeedsNewerNginx']);
    }
  });
});
