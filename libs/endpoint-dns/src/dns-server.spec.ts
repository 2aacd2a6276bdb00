import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSocket, type Socket } from 'node:dgram';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { decode, encode, streamDecode, streamEncode, type Packet, type SrvAnswer } from 'dns-packet';
import fc from 'fast-check';
import { freePort, until } from '@gatehouse/testing';
import { startDnsServer, type DnsServer } from './dns-server.ts';

const NAME = 'abcdefghijklmnop';
const QUESTION = `_e._tcp.${NAME}.gatehouse`;
const HOLD_MS = 400;
const at = (address: string, port = 80) => ({ address, port, weight: 1 });

describe('the DNS server', () => {
  let server: DnsServer;
  let port: number;
  const clients: Socket[] = [];

  /** A worker of nginx: a socket of its own. */
  const aClient = () => {
    const socket = createSocket('udp4');
    clients.push(socket);
    const answers: (Packet & { rcode?: string; flag_tc?: boolean; atMs: number })[] = [];
    socket.on('message', (bytes) => answers.push({ ...decode(bytes), atMs: performance.now() }));
    const send = (bytes: Buffer) => socket.send(bytes, port, '127.0.0.1');
    return {
      answers,
      send,
      ask: (id: number, name = QUESTION, type: 'A' | 'AAAA' | 'SRV' = 'SRV') =>
        send(encode({ type: 'query', id, questions: [{ type, name, class: 'IN' }] })),
      targets: () => (answers.at(-1)?.answers as SrvAnswer[]).map(({ data }) => data.target),
    };
  };
  /** Asks for SRV over TCP; undefined when the connection is cut without an answer. */
  const askTcp = (bytes: Buffer): Promise<Packet | undefined> =>
    new Promise((resolve, reject) => {
      let received = Buffer.alloc(0);
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (part: Buffer) => {
        received = Buffer.concat([received, part]);
        if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
        socket.destroy();
        resolve(streamDecode(received));
      });
      socket.once('close', () => resolve(undefined));
      socket.once('error', reject);
    });

  beforeEach(async () => {
    port = await freePort();
    const sentinel = { address: '127.0.0.1', nobody: '127.0.0.3', port: 9503 };
    server = await startDnsServer({ host: '127.0.0.1', port, holdMs: HOLD_MS, sentinel });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await server.close();
  });

  it('answers the first question at once, holds the next until the endpoints change, and answers that at once', async () => {
    server.set([{ name: NAME, endpoints: [at('10.0.0.1')] }]);
    const client = aClient();
    client.ask(1);
    await until(() => client.answers.length === 1);
    const [before] = client.targets();
    client.ask(2);
    await until(() => server.counts().held === 1);
    const changedMs = performance.now();
    server.set([{ name: NAME, endpoints: [at('10.0.0.2')] }]);
    await until(() => client.answers.length === 2);
    expect(client.answers[1]?.id).toBe(2);
    expect(client.targets()).not.toEqual([before]);
    expect(client.answers[1]!.atMs - changedMs).toBeLessThan(HOLD_MS / 2);
  });

  it('knows from its first answer on what it was started with', async () => {
    await server.close();
    const sentinel = { address: '127.0.0.1', nobody: '127.0.0.3', port: 9503 };
    const known = [{ name: NAME, endpoints: [at('10.0.0.1'), at('10.0.0.2')] }];
    server = await startDnsServer({ host: '127.0.0.1', port, holdMs: HOLD_MS, sentinel }, known);
    const client = aClient();
    client.ask(1);
    await until(() => client.answers.length === 1);
    expect(client.targets()).toHaveLength(2);
  });

  it('answers what is held before nginx gives up, with what there is', async () => {
    server.set([{ name: NAME, endpoints: [at('10.0.0.1')] }]);
    const client = aClient();
    client.ask(1);
    await until(() => client.answers.length === 1);
    const askedMs = performance.now();
    client.ask(2);
    await until(() => client.answers.length === 2);
    expect(client.answers[1]!.atMs - askedMs).toBeGreaterThanOrEqual(HOLD_MS - 5);
    expect(client.answers[1]?.answers).toHaveLength(1);
  });

  it('waits for a name that it does not know yet; after a while it says that it cannot tell', async () => {
    const [early, late] = [aClient(), aClient()];
    late.ask(1, `_e._tcp.${NAME}unknown.gatehouse`);
    early.ask(1);
    await until(() => server.counts().held === 2);
    server.set([{ name: NAME, endpoints: [at('10.0.0.1')] }]);
    await until(() => early.answers.length === 1 && late.answers.length === 1);
    expect(early.answers[0]).toMatchObject({ rcode: 'NOERROR' });
    expect(early.targets()).toHaveLength(1);
    expect(late.answers[0]).toMatchObject({ rcode: 'SERVFAIL', answers: [] });
  });

  it('says where targets are, and refuses what is none of its names', async () => {
    server.set([{ name: NAME, endpoints: [at('10.0.0.1')] }]);
    const client = aClient();
    client.ask(1);
    await until(() => client.answers.length === 1);
    client.ask(2, client.targets()[0], 'A');
    client.ask(3, 'example.org', 'A');
    client.ask(4, '_e._tcp.example.org');
    client.ask(5, 'unheard-of.ep', 'A');
    await until(() => client.answers.length === 5);
    const outcomes = client.answers.slice(1).map(({ id, rcode, answers }) => [id, rcode, answers?.length]);
    expect(outcomes).toEqual([
      [2, 'NOERROR', 1],
      [3, 'REFUSED', 0],
      [4, 'REFUSED', 0],
      [5, 'SERVFAIL', 0],
    ]);
  });

  it('paces the answers to a whole configuration, and answers each question', async () => {
    const names = Array.from({ length: 500 }, (_, index) =>
      `${NAME}${String.fromCharCode(97 + (index % 26))}`.padEnd(18 + Math.floor(index / 26), 'z'),
    );
    server.set(names.map((name) => ({ name, endpoints: [at('10.0.0.1')] })));
    const client = aClient();
    names.forEach((name, id) => client.ask(id, `_e._tcp.${name}.gatehouse`));
    await until(() => client.answers.length === names.length);
    expect(new Set(client.answers.map(({ id }) => id)).size).toBe(names.length);
    expect(client.answers.at(-1)!.atMs - client.answers[0]!.atMs).toBeGreaterThan(5);
  });

  it('says that nginx has learned when each question was answered, whatever else was asked', async () => {
    const names = ['a', 'b', 'c'].map((letter) => letter.repeat(20));
    server.set(names.map((name) => ({ name, endpoints: [at('10.0.0.1')] })));
    const client = aClient();
    const tell = async (service: string, told: readonly string[]): Promise<void> => {
      const before = client.answers.length;
      told.forEach((name, id) => client.ask(id, `_${service}._tcp.${name}.gatehouse`));
      await until(() => client.answers.length === before + told.length);
    };
    const ended: string[] = [];
    const watches = ['e', 'e2'].map(async (service) => {
      const questions = names.map((name) => `_${service}._tcp.${name}.gatehouse`);
      expect(await server.watchTelling(questions, 10_000)).toBe(true);
      ended.push(service);
    });
    await tell('e', names.slice(0, 2));
    await tell('s', names);
    await tell('e2', names);
    await until(() => ended.length > 0);
    expect(ended).toEqual(['e2']);
    await tell('e', names.slice(2));
    await Promise.all(watches);
  });

  it('knows a new worker at the port of one that has ended, whatever that one asked', async () => {
    const names = ['a', 'b'].map((letter) => letter.repeat(20));
    server.set(names.map((name) => ({ name, endpoints: [at('10.0.0.1')] })));
    const questions = names.map((name) => `_e._tcp.${name}.gatehouse`);
    const client = aClient();
    const tell = async (id: number, question = ''): Promise<void> => {
      const before = client.answers.length;
      client.ask(id, question);
      await until(() => client.answers.length === before + 1);
    };
    await tell(1, questions[0]);
    await delay(3200);
    const told = server.watchTelling(questions, 5000);
    await tell(2, questions[1]);
    await tell(3, questions[0]);
    expect(await told).toBe(true);
  });

  it('remembers the questions of both resolvers of many workers', async () => {
    server.set([{ name: NAME, endpoints: [at('10.0.0.1')] }]);
    const many = Array.from({ length: 200 }, aClient);
    many.forEach((client) => client.ask(1));
    await until(() => many.every(({ answers }) => answers.length === 1));
    many.forEach((client) => client.ask(2));
    await until(() => server.counts().held > 150);
    server.set([{ name: NAME, endpoints: [at('10.0.0.2')] }]);
    await until(() => many.every(({ answers }) => answers.length === 2));
  });

  it('tells over TCP what does not fit into a datagram, and never holds there', async () => {
    const endpoints = Array.from({ length: 1000 }, (_, index) => at(`10.0.${index >> 8}.${index & 255}`));
    server.set([{ name: NAME, endpoints }]);
    const client = aClient();
    client.ask(1);
    await until(() => client.answers.length === 1);
    expect(client.answers[0]).toMatchObject({ flag_tc: true, answers: [] });
    const query = streamEncode({ type: 'query', id: 1, questions: [{ type: 'SRV', name: QUESTION, class: 'IN' }] });
    for (let times = 0; times < 2; times++) {
      const askedMs = performance.now();
      expect((await askTcp(query))?.answers).toHaveLength(1000);
      expect(performance.now() - askedMs).toBeLessThan(HOLD_MS / 2);
    }
  });

  it('cuts a TCP connection that says too much or nothing sensible', async () => {
    expect(await askTcp(Buffer.from([0xff, 0xff, 1]))).toBeUndefined();
    expect(await askTcp(Buffer.from([0, 3, 1, 2, 3]))).toBeUndefined();
  });

  it('goes on answering whatever it is sent', async () => {
    server.set([{ name: NAME, endpoints: [at('10.0.0.1')] }]);
    const hostile = aClient();
    const packets = fc.sample(fc.uint8Array({ maxLength: 700 }), 500);
    for (const bytes of packets) hostile.send(Buffer.from(bytes));
    await until(() => server.counts().rejected > 400);
    const client = aClient();
    client.ask(1);
    await until(() => client.answers.length === 1);
    expect(client.targets()).toHaveLength(1);
  });

  it('is heard on loopback alone', async () => {
    const elsewhere = createSocket('udp4');
    clients.push(elsewhere);
    const errors: Error[] = [];
    elsewhere.on('error', (error) => errors.push(error));
    await expect(
      startDnsServer({
        host: '127.0.0.1',
        port,
        holdMs: 1,
        sentinel: { address: '127.0.0.1', nobody: '127.0.0.3', port: 1 },
      }),
    ).rejects.toThrow('EADDRINUSE');
    // Another address of loopback is another socket: the server is bound to its own.
    await new Promise<void>((resolve) => elsewhere.bind({ port, address: '127.0.0.2' }, resolve));
    expect(errors).toEqual([]);
  });
});
