/**
 * Duty: that a Service of type ExternalName is reached by its name. nginx asks a DNS server for it, on port 53 and at no
 * other, which only root may open; so this runs as root alone.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSocket, type Socket } from 'node:dgram';
import { ask } from './harness/ask.ts';
import { startEchoBackend, type EchoBackend } from './harness/echo-backend.ts';
import type { Gate } from './harness/gate.ts';
import {
  makeManifestDirectory,
  oneRule,
  serviceOnLoopback,
  type ManifestDirectory,
} from './harness/manifest-directory.ts';

const SERVER = '127.0.0.253';
const KNOWN_NAME = 'web.example.org';
const { getServers, setServers } = process.getBuiltinModule('node:dns');
const mayOpenPort53 = process.getuid?.() === 0;

/** The offset of the first question in a DNS message (RFC 1035, section 4.1.1). */
const HEADER_BYTES = 12;
const TYPE_A = 1;
const NAME_ERROR = 3;

/** Answers with 127.0.0.1 for the one known name, and that any other does not exist. */
function answerDns(query: Buffer): Buffer {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const question = query.subarray(HEADER_BYTES, at + 5);
  const isKnown = labels.join('.').toLowerCase() === KNOWN_NAME;
  const hasAnswer = isKnown && query.readUInt16BE(at + 1) === TYPE_A;
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8580 | (isKnown ? 0 : NAME_ERROR), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(hasAnswer ? 1 : 0, 6);
  // The name of the question, A, IN, for 60 seconds, four bytes of address.
  const record = Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
  return Buffer.concat([header, question, ...(hasAnswer ? [record] : [])]);
}

function startDns(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => socket.send(answerDns(query), from.port, from.address));
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(53, SERVER, () => resolve(socket));
  });
}

(mayOpenPort53 ? describe : describe.skip)('a Service of type ExternalName (as root, who may open port 53)', () => {
  const serversBefore = getServers();
  let directory: ManifestDirectory;
  let backend: EchoBackend;
  let dns: Socket;
  let gate: Gate;

  const externalName = (name: string, target: string): object => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { type: 'ExternalName', externalName: target, ports: [{ port: 80, targetPort: backend.port }] },
  });

  beforeAll(async () => {
    dns = await startDns();
    setServers([SERVER]);
    // `setServers` replaces `getServers`; who imports that by name has to come after.
    const { startGate } = await import('./harness/gate.ts');
    backend = await startEchoBackend({ name: 'outside' });
    directory = makeManifestDirectory();
    save([externalName('web', KNOWN_NAME)]);
    gate = await startGate({ manifests: directory.path });
  });

  const save = (web: readonly object[]): void => {
    directory.save('objects.yaml', [
      ...web,
      externalName('nowhere', 'nowhere.example.org'),
      oneRule(),
      oneRule({ name: 'y', host: 'y.example.com', service: 'nowhere' }),
      oneRule({
        name: 'z',
        host: 'z.example.com',
        annotations: { 'upstream-vhost': KNOWN_NAME },
      }),
    ]);
  };

  afterAll(async () => {
    await gate.close();
    await backend.close();
    setServers(serversBefore);
    dns.close();
    directory.cleanUp();
  });

  /** At first nginx may still be waiting for DNS. */
  const askUntilResolved = async (question: string): Promise<unknown> => {
    const deadline = Date.now() + 4000;
    for (;;) {
      const { status, body } = await ask(gate, { ask: question });
      if (status === 200) return JSON.parse(body);
      if (Date.now() > deadline) return { status };
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it('is asked at the address that DNS gives for its name', async () => {
    expect(await askUntilResolved('GET http://x.example.com/a?b=c')).toMatchObject({
      backend: 'outside',
      path: '/a?b=c',
      headers: { host: 'x.example.com' },
    });
  });

  it('can be asked by its own name, with upstream-vhost', async () => {
    expect(await askUntilResolved('GET http://z.example.com/')).toMatchObject({ headers: { host: KNOWN_NAME } });
  });

  it('answers 502 or 503 while DNS does not know its name', async () => {
    const { status } = await ask(gate, { ask: 'GET http://y.example.com/' });
    expect([502, 503]).toContain(status);
  });

  it('loses no request when it gets endpoints in place of the name', async () => {
    const statuses = new Map<number, number>();
    for (let times = 0; times < 4; times += 1) {
      if (times > 0) await gate.change(() => save([externalName('web', KNOWN_NAME)]));
      await askUntilResolved('GET http://x.example.com/');
      let isOver = false;
      const load = Array.from({ length: 4 }, async () => {
        while (!isOver) {
          const { status } = await ask(gate, { ask: 'GET http://x.example.com/' });
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      });
      await gate.change(() => save(serviceOnLoopback('web', backend.port)));
      isOver = true;
      await Promise.all(load);
    }
    console.log(`a name that became endpoints under load: ${JSON.stringify([...statuses])}`);
    expect([...statuses.keys()]).toEqual([200]);
  });
});
