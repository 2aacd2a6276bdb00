import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type Metadata,
  type ServiceDefinition,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { execFileSync } from 'node:child_process';
import { connect } from 'node:http2';
import { WebSocket } from 'ws';
import { startEchoBackend, type EchoBackend } from './harness/echo-backend.ts';
import { startGate, type Gate } from './harness/gate.ts';
import {
  makeManifestDirectory,
  oneRule,
  serviceOnLoopback,
  type ManifestDirectory,
} from './harness/manifest-directory.ts';

const GRPC_METHOD = '/echo.Echo/Say';
const bytes = (value: Buffer): Buffer => value;
const echoService: ServiceDefinition = {
  say: {
    path: GRPC_METHOD,
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  },
};

async function startGrpcServer(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = new Server();
  const say: UntypedHandleCall = (
    call: { request: Buffer; metadata: Metadata },
    reply: (error: null, value: Buffer) => void,
  ) => reply(null, Buffer.concat([Buffer.from('you said '), call.request]));
  server.addService(echoService, { say });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { server, port };
}

/** nginx 1.25.1 and later speak HTTP/2 beside HTTP/1.1 on a plain-text port. */
function nginxSpeaksPlainHttp2(): boolean {
  const binary = process.env['GATEHOUSE_NGINX_BINARY'] ?? '/usr/sbin/nginx';
  const { stderr } = { stderr: execFileSync('sh', ['-c', '"$0" -v 2>&1', binary], { encoding: 'utf8' }) };
  const [, major = 0, minor = 0, patch = 0] = (/nginx\/(\d+)\.(\d+)\.(\d+)/.exec(stderr) ?? []).map(Number);
  return major > 1 || (major === 1 && (minor > 25 || (minor === 25 && patch >= 1)));
}

describe('protocols through a real nginx', () => {
  let directory: ManifestDirectory;
  let backend: EchoBackend;
  let grpc: Awaited<ReturnType<typeof startGrpcServer>>;
  let gate: Gate;

  beforeAll(async () => {
    directory = makeManifestDirectory();
    backend = await startEchoBackend({ name: 'web' });
    grpc = await startGrpcServer();
    directory.save('objects.yaml', [
      ...serviceOnLoopback('web', backend.port),
      ...serviceOnLoopback('grpc', grpc.port),
      oneRule({ path: '/socket' }),
      oneRule({
        name: 'grpc',
        host: 'grpc.example.com',
        service: 'grpc',
        annotations: { 'backend-protocol': 'GRPC', 'ssl-redirect': 'false' },
      }),
    ]);
    gate = await startGate({ manifests: directory.path });
  });

  afterAll(async () => {
    await gate.close();
    await backend.close();
    grpc.server.forceShutdown();
    directory.cleanUp();
  });

  it.each(['ws', 'wss'])('carries a WebSocket by %s, both ways and in order', async (scheme) => {
    const port = scheme === 'ws' ? gate.httpPort : gate.httpsPort;
    const socket = new WebSocket(`${scheme}://127.0.0.1:${port}/socket/room?x=1`, {
      headers: { host: 'x.example.com' },
      rejectUnauthorized: false,
    });
    const received: string[] = [];
    const done = new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (data: Buffer) => {
        received.push(data.toString());
        if (received.length === 4) resolve();
      });
    });
    await new Promise((resolve) => socket.once('open', resolve));
    for (const text of ['one', 'two', 'three']) socket.send(text);
    await done;
    socket.close();
    expect(received).toEqual([JSON.stringify({ backend: 'web', path: '/socket/room?x=1' }), 'one', 'two', 'three']);
  });

  it('speaks HTTP/2 to clients over TLS', async () => {
    const client = connect(`https://127.0.0.1:${gate.httpsPort}`, {
      servername: 'x.example.com',
      rejectUnauthorized: false,
    });
    const request = client.request({ ':path': '/socket/h2', ':authority': 'x.example.com' });
    const answer = await new Promise<{ readonly status: unknown; readonly body: string }>((resolve, reject) => {
      let status: unknown;
      let body = '';
      client.on('error', reject);
      request.on('response', (headers) => (status = headers[':status']));
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => resolve({ status, body }));
    });
    client.close();
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ backend: 'web', path: '/socket/h2' });
  });

  const askGrpc = (address: string, channel: ReturnType<typeof credentials.createSsl>): Promise<string> => {
    const client = new Client(address, channel, {
      'grpc.default_authority': 'grpc.example.com',
      'grpc.ssl_target_name_override': 'grpc.example.com',
    });
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(GRPC_METHOD, bytes, bytes, Buffer.from('hello'), (error, value) => {
        client.close();
        if (error === null) resolve(value?.toString() ?? '');
        else reject(error);
      });
    });
  };

  it('carries gRPC over TLS', async () => {
    const trusting = credentials.createSsl(null, null, null, {
      checkServerIdentity: () => undefined,
      rejectUnauthorized: false,
    });
    expect(await askGrpc(`127.0.0.1:${gate.httpsPort}`, trusting)).toBe('you said hello');
  });

  if (nginxSpeaksPlainHttp2()) {
    it('carries gRPC in plain text', async () => {
      expect(await askGrpc(`127.0.0.1:${gate.httpPort}`, credentials.createInsecure())).toBe('you said hello');
    });
  } else {
    it('says that gRPC in plain text needs a newer nginx', () => {
      expect(gate.problems()).toContainEqual(
        expect.objectContaining({
          code: 'AnnotationNeedsNewerNginx',
          object: { kind: 'Ingress', namespace: 'default', name: 'grpc' },
        }),
      );
    });
  }
});
