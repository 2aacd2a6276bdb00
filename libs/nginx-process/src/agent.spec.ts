import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import type { Draining, EndpointChange, Refusal, TestResult } from '@gatehouse/pipeline';
import { makeNginxSandbox, RecordingLogger, until, type NginxSandbox } from '@gatehouse/testing';
import { parseAgentRequest, parseMachineFacts, parseOutcome, parseState } from './agent-protocol.ts';
import { startAgentServer, type AgentServer } from './agent-server.ts';
import { readMachineFacts, type MachineFacts } from './machine.ts';
import type { NginxSupervisor } from './nginx-supervisor.ts';
import { awaitMachineFacts, createRemoteSupervisor } from './remote-supervisor.ts';
import { runtimeLayout } from './runtime-layout.ts';

const DIGEST = 'ab'.repeat(32);
const NOBODY: Draining = { workers: 0, generations: 0 };
const MACHINE: MachineFacts = { nginx: 'x', lacksStreamFile: false, resolvers: ['10.0.0.1', '::1'], processors: 2 };

/** Writes down every order. */
class RecordingSupervisor implements NginxSupervisor {
  readonly orders: string[] = [];
  refusal: Refusal | undefined;
  fault: Error | undefined;

  async test(digest: string): Promise<TestResult> {
    this.#note(`test ${digest}`);
    return this.refusal ?? { kind: 'accepted' };
  }
  async run(digest: string): Promise<Refusal | undefined> {
    this.#note(`run ${digest}`);
    return this.refusal;
  }
  async setEndpoints(changes: readonly EndpointChange[]): Promise<void> {
    this.#note(`endpoints ${JSON.stringify(changes)}`);
  }
  async running(): Promise<string | undefined> {
    return DIGEST;
  }
  async draining(): Promise<Draining> {
    return { workers: 2, generations: 1 };
  }
  async reloadUnproven(): Promise<void> {
    this.#note('reload');
  }
  async stop(): Promise<void> {}

  #note(order: string): void {
    this.orders.push(order);
    if (this.fault !== undefined) throw this.fault;
  }
}

let sandbox: NginxSandbox;
let socket = '';
beforeEach(async () => {
  sandbox = await makeNginxSandbox();
  const layout = runtimeLayout(sandbox.directory);
  await mkdir(layout.proxy);
  socket = layout.agentSocket;
});
afterEach(() => sandbox.remove());

describe('an agent', () => {
  let supervisor: RecordingSupervisor;
  let logger: RecordingLogger;
  let agent: AgentServer;
  beforeEach(async () => {
    supervisor = new RecordingSupervisor();
    logger = new RecordingLogger();
    agent = await startAgentServer({ socket, supervisor, machine: MACHINE, logger });
  });
  afterEach(() => agent.close());

  /** What is answered to these bytes until the agent closes the connection, or `limitMs` have passed. */
  async function say(bytes: string | Uint8Array, limitMs = 1000): Promise<string> {
    const client = connect(socket);
    let answer = '';
    client.on('data', (part: Buffer) => (answer += part.toString('latin1')));
    client.on('error', () => undefined);
    client.setTimeout(limitMs, () => client.destroy());
    client.write(bytes);
    await new Promise((resolve) => client.once('close', resolve));
    return answer;
  }
  const ask = (line: string, headers = '') => say(`${line} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);

  it.each([
    ['GET', '/machine', 'lacksStreamFile'],
    ['GET', '/state', `"running":"${DIGEST}"`],
    ['GET', '/state', '"draining":{"workers":2,"generations":1}'],
    ['POST', `/test/${DIGEST}`, '{"kind":"accepted"}'],
    ['POST', `/run/${DIGEST}`, '{"kind":"runs"}'],
    ['POST', '/reload', '{}'],
  ])('answers %s %s', async (method, path, part) => {
    const answer = await ask(`${method} ${path}`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain(part);
  });

  it('passes endpoints on as they are, for whoever takes them to check', async () => {
    const body = '[{"name":"abc","endpoints":[]}]';
    const post = (text: string, length = text.length) =>
      say(`POST /endpoints HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n${text}`);
    expect(await post(body)).toMatch(/^HTTP\/1\.1 200 /);
    expect(supervisor.orders).toEqual([`endpoints ${body}`]);
    expect(await post('[{')).toMatch(/^HTTP\/1\.1 500 /);
    expect(await post(body, 9_000_000)).toMatch(/^HTTP\/1\.1 400 /);
    supervisor.fault = new TypeError('a name of endpoints is 16 to 40 small letters');
    expect(await post(body)).toContain('{"fault":"a name of endpoints is 16 to 40 small letters"}');
  });

  it.each([
    ['POST', '/run/'],
    ['POST', `/run/${DIGEST.toUpperCase()}`],
    ['POST', `/run/${DIGEST}a`],
    ['POST', `/run/${DIGEST}/`],
    ['POST', `/run/${DIGEST}?x`],
    ['POST', `/run/../../${DIGEST}`],
    ['POST', `/run/%61${DIGEST.slice(1)}`],
    ['POST', `//run/${DIGEST}`],
    ['POST', `http://x/run/${DIGEST}`],
    ['POST', '/stop'],
    ['GET', `/run/${DIGEST}`],
    ['PUT', `/test/${DIGEST}`],
    ['GET', '/'],
    ['OPTIONS', '*'],
  ])('knows no request %s %s, and does nothing', async (method, path) => {
    expect(await ask(`${method} ${path}`)).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(supervisor.orders).toEqual([]);
  });

  it.each([
    ['a body', 'Content-Length: 3\r\n', /^HTTP\/1\.1 400 /],
    ['a body in pieces', 'Transfer-Encoding: chunked\r\n', /^HTTP\/1\.1 400 /],
    ['a body without end', 'Content-Length: 99999999999\r\n', /^HTTP\/1\.1 400 /],
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 5\r\n', /^HTTP\/1\.1 400 /],
    ['headers that are too large', `X: ${'x'.repeat(10_000)}\r\n`, /^HTTP\/1\.1 431 /],
  ])('takes no order with %s', async (_, headers, status) => {
    expect(await ask(`POST /run/${DIGEST}`, headers)).toMatch(status);
    expect(supervisor.orders).toEqual([]);
  });

  it('lives on after any bytes, and never takes them for an order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await say(new Uint8Array([...bytes, 13, 10, 13, 10]), 50);
      }),
      { numRuns: 40 },
    );
    expect(supervisor.orders).toEqual([]);
    expect(await ask('GET /state')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('lets no number of silent connections stand in the way for long', async () => {
    const silent = Array.from({ length: 40 }, () => connect(socket).on('error', () => undefined));
    await until(async () => (await ask('GET /state')).startsWith('HTTP/1.1 200 '));
    for (const client of silent) client.destroy();
  });

  it('says what the machine does not let it do', async () => {
    supervisor.fault = new Error('disk full');
    const remote = createRemoteSupervisor({ runtimeDirectory: sandbox.directory, logger, onRestart: () => undefined });
    await expect(remote.run(DIGEST)).rejects.toThrow('disk full');
    await remote.stop(0);
  });

  it('passes on what nginx refuses, with the line', async () => {
    supervisor.refusal = { kind: 'refused', message: 'unknown directive "x"', line: 7 };
    const remote = createRemoteSupervisor({ runtimeDirectory: sandbox.directory, logger, onRestart: () => undefined });
    expect(await remote.test(DIGEST)).toEqual(supervisor.refusal);
    expect(await remote.run(DIGEST)).toEqual(supervisor.refusal);
    await remote.stop(0);
  });

  it('tells of old workers, and of none when nobody answers', async () => {
    const remote = createRemoteSupervisor({ runtimeDirectory: sandbox.directory, logger, onRestart: () => undefined });
    expect(await remote.draining()).toEqual({ workers: 2, generations: 1 });
    await agent.close();
    expect(await remote.draining()).toEqual({ workers: 0, generations: 0 });
    await remote.stop(0);
  });

  it.each([
    ['no old workers', {}],
    ['half a worker', { draining: { workers: 0.5, generations: 0 } }],
    ['less than none', { draining: { workers: -1, generations: 0 } }],
    ['no generations', { draining: { workers: 1 } }],
    ['drifts of names that are none', { draining: NOBODY, drifts: { count: 1, names: ['a\nb'] } }],
    ['more drifts than it names', { draining: NOBODY, drifts: { count: 99, names: Array(17).fill('a'.repeat(16)) } }],
    ['a time of comparing that is none', { draining: NOBODY, comparedMs: -1 }],
  ])('is not believed with %s', (_, change) => {
    expect(parseState({ epoch: 'ab', ...change }).ok).toBe(false);
  });

  it('tells of a restart by another epoch', async () => {
    let restarts = 0;
    const remote = createRemoteSupervisor({
      runtimeDirectory: sandbox.directory,
      logger,
      onRestart: () => (restarts += 1),
    });
    await remote.running();
    await new Promise((resolve) => setTimeout(resolve, 50));
    agent.noteRestart();
    await until(() => restarts === 1);
    await remote.stop(0);
  });
});

describe('a controller whose proxy is hostile', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });

  async function against(listener: RequestListener) {
    server = createServer(listener).listen(socket);
    await once(server, 'listening');
    const logger = new RecordingLogger();
    return createRemoteSupervisor({ runtimeDirectory: sandbox.directory, logger, onRestart: () => undefined });
  }

  it.each([
    ['no JSON', 'accepted', 'it is no JSON'],
    ['another kind', '{"kind":"fine"}', 'of no known kind'],
    ['a list', '[]', 'is no object'],
    ['a line that is none', '{"kind":"refused","message":"x","line":-1}', 'is no number'],
    ['a message that is none', '{"kind":"refused","message":{}}', 'of no known kind'],
  ])('takes no answer that is %s', async (_, body, reason) => {
    const remote = await against((_request, response) => response.end(body));
    await expect(remote.test(DIGEST)).rejects.toThrow(reason);
    await remote.stop(0);
  });

  it('does not wait for ever for the end of another protocol', async () => {
    const remote = await against(() => undefined);
    server?.prependListener('connection', (client) => {
      client.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: none\r\n\r\n');
    });
    await expect(remote.test(DIGEST)).rejects.toThrow('does not answer');
    await remote.stop(0);
  });

  it('reads no answer without end', async () => {
    const remote = await against((_request, response) => {
      const drip = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.once('close', () => clearInterval(drip));
    });
    await expect(remote.test(DIGEST)).rejects.toThrow('its answer has no end');
    await remote.stop(0);
  });

  it('is told no words without end, nor control characters', () => {
    const answer = parseOutcome({ kind: 'refused', message: `a\u0000\n\u001b[31m${'x'.repeat(9000)}` });
    expect(answer.ok && answer.value?.message).toMatch(/^a {3}\[31mx{2040}$/);
  });

  it('stops waiting when it is stopped', async () => {
    const remote = await against(() => undefined);
    const testing = remote.test(DIGEST).catch((error: unknown) => error);
    await remote.stop(0);
    expect(String(await testing)).toContain('nginx is being stopped');
  });
});

describe('the words between controller and agent', () => {
  it('of the machine come back as they were', async () => {
    const facts = await readMachineFacts({ binary: process.env['GATEHOUSE_NGINX_BINARY'] ?? 'nginx', workerUser: '' });
    expect(parseMachineFacts(JSON.parse(JSON.stringify(facts)))).toEqual({ ok: true, value: facts });
  });

  it.each([
    ['no processors', { processors: 0 }],
    ['half a processor', { processors: 0.5 }],
    ['a resolver with text of nginx', { resolvers: ['10.0.0.1; include /x'] }],
    ['a resolver with a zone', { resolvers: ['fe80::1%eth0'] }],
    ['too many resolvers', { resolvers: Array.from({ length: 99 }, () => '10.0.0.1') }],
    ['a user with text of nginx', { workerUser: 'root; include' }],
    ['a limit that is text', { openFileLimit: '1' }],
    ['no nginx', { nginx: 1 }],
  ])('of the machine are refused with %s', (_, change) => {
    expect(parseMachineFacts({ ...MACHINE, ...change }).ok).toBe(false);
  });

  it('never throw, whatever they are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (json, text) => {
        for (const parse of [parseMachineFacts, parseOutcome, parseState])
          expect(typeof parse(json).ok).toBe('boolean');
        expect(parseAgentRequest('POST', `/run/${text}`)).toBeUndefined();
      }),
    );
  });

  it('are waited for until the waiting is ended', async () => {
    const end = new AbortController();
    const waiting = awaitMachineFacts(sandbox.directory, { logger: new RecordingLogger(), signal: end.signal });
    end.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
