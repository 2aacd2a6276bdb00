import { beforeEach, describe, expect, it } from '@jest/globals';
import type { EventRecord } from '@gatehouse/pipeline';
import { FakeClock, RecordingLogger, settle } from '@gatehouse/testing';
import { countAt, textAt } from '../json.ts';
import { KubeApiError, type KubeRequest } from '../kube-api.ts';
import { createKubeEventSink, type KubeEventSink, type KubeEventSinkOptions } from './event-sink.ts';

const anEvent = (name: string, more: Partial<EventRecord> = {}): EventRecord => ({
  type: 'Normal',
  reason: 'Sync',
  message: 'Scheduled for sync',
  object: { kind: 'Ingress', namespace: 'default', name },
  uid: `uid-of-${name}`,
  ...more,
});
const warning = (name: string): EventRecord => anEvent(name, { type: 'Warning', reason: 'HostInvalid', message: 'no' });

/** Takes Events; e2e/src/events.apiserver.spec.ts asks the real one. */
class EventServer {
  /** `reason object xCOUNT` by the path of the Event. */
  readonly events = new Map<string, string>();
  readonly requests: string[] = [];
  fault: ((request: KubeRequest) => KubeApiError | undefined) | undefined;
  isSilent = false;
  answersToLose = 0;

  async send(request: KubeRequest): Promise<unknown> {
    const answer = await this.#take(request);
    if (this.answersToLose === 0) return answer;
    this.answersToLose -= 1;
    throw new KubeApiError('connection reset', { status: 0 });
  }

  async #take(request: KubeRequest): Promise<unknown> {
    const { method = 'GET', path, body, signal } = request;
    this.requests.push(`${method} ${textAt(body, 'regarding', 'name')}`.trim());
    if (this.isSilent) {
      return new Promise((_, reject) => {
        const end = (): void => reject(new KubeApiError('given up', { status: 0 }));
        if (signal?.aborted === true) end();
        else signal?.addEventListener('abort', end);
      });
    }
    const fault = this.fault?.(request);
    if (fault !== undefined) throw fault;
    if (method === 'GET') return { metadata: { uid: 'uid-of-pod' } };
    const key = method === 'POST' ? `${path}/${textAt(body, 'metadata', 'name')}` : path;
    const before = this.events.get(key);
    if (method === 'PATCH') {
      if (before === undefined) throw new KubeApiError('gone', { status: 404 });
      this.events.set(key, before.replace(/x\d+$/, `x${countAt(body, 'series', 'count')}`));
      return {};
    }
    if (before !== undefined) throw new KubeApiError('exists', { status: 409, reason: 'AlreadyExists' });
    const about = `${textAt(body, 'regarding', 'name')} ${textAt(body, 'regarding', 'uid')}`;
    this.events.set(key, `${textAt(body, 'reason')} ${about} x1`);
    return {};
  }

  get told(): readonly string[] {
    return [...this.events.values()];
  }
}

let server: EventServer;
let clock: FakeClock;
let logger: RecordingLogger;
let sink: KubeEventSink;

const begin = (more: Partial<KubeEventSinkOptions> = {}): void => {
  server = new EventServer();
  clock = new FakeClock();
  logger = new RecordingLogger();
  sink = createKubeEventSink({
    api: {
      send: (request) => server.send(request),
      stream: () => Promise.reject(new Error('unused')),
      close: () => Promise.resolve(),
    },
    clock,
    logger,
    pod: { namespace: 'ingress-nginx', name: 'p-0' },
    ...more,
  });
};
beforeEach(() => begin());
const fails = (status: number, message = 'no', more: object = {}) => new KubeApiError(message, { status, ...more });

describe('the Event sink', () => {
  it('tells each Event, with the uid of its object', async () => {
    sink.record(anEvent('a'));
    sink.record(anEvent('b'));
    await settle();
    expect(server.told).toEqual(['Sync a uid-of-a x1', 'Sync b uid-of-b x1']);
  });

  it('counts repeated ones instead of telling them again', async () => {
    for (let time = 0; time < 5; time += 1) {
      sink.record(anEvent('a'));
      await clock.advance(1000);
    }
    expect(server.told).toEqual(['Sync a uid-of-a x5']);
    expect(server.requests).toHaveLength(5);
  });

  it('counts what comes together in one request', async () => {
    for (let time = 0; time < 1000; time += 1) sink.record(anEvent('a'));
    await settle();
    expect(server.told).toEqual(['Sync a uid-of-a x1000']);
    expect(server.requests).toEqual(['POST a', 'PATCH']);
  });

  it('tells one about a recreated object by itself', async () => {
    sink.record(anEvent('a'));
    sink.record(anEvent('a', { uid: 'another' }));
    await settle();
    expect(server.told).toEqual(['Sync a uid-of-a x1', 'Sync a another x1']);
  });

  it('tells anew what the server has forgotten, and what was not seen for long', async () => {
    sink.record(anEvent('a'));
    await settle();
    server.events.clear();
    sink.record(anEvent('a'));
    await clock.advance(1000);
    expect(server.told).toEqual(['Sync a uid-of-a x1']);
    await clock.advance(1_800_001);
    sink.record(anEvent('a'));
    await clock.advance(1000);
    expect(server.told).toEqual(['Sync a uid-of-a x1', 'Sync a uid-of-a x1']);
  });

  it('limits the Events about one object, but still tells a Warning', async () => {
    for (let time = 0; time < 100; time += 1) {
      sink.record(anEvent('noisy', { message: String(time) }));
      await clock.advance(1000);
    }
    sink.record(warning('noisy'));
    sink.record(anEvent('other'));
    await clock.advance(1000);
    expect(server.told.filter((event) => event.startsWith('Sync noisy'))).toHaveLength(25);
    expect(server.told.slice(-2)).toEqual(['HostInvalid noisy uid-of-noisy x1', 'Sync other uid-of-other x1']);
    await clock.advance(300_000);
    sink.record(anEvent('noisy', { message: 'at last' }));
    await clock.advance(1000);
    expect(server.told).toHaveLength(28);
  });

  it('limits all Events together, Warnings first', async () => {
    for (let count = 0; count < 1000; count += 1) sink.record(anEvent(`i${count}`));
    sink.record(warning('w'));
    await settle();
    await settle();
    expect(server.told[0]).toBe('HostInvalid w uid-of-w x1');
    await clock.advance(1000);
    expect(server.told.length).toBeLessThanOrEqual(121);
    await clock.advance(60_000);
    expect(server.told).toHaveLength(1001);
  });

  it('drops the oldest when too many wait, and says how many', async () => {
    server.isSilent = true;
    for (let count = 0; count < 2500; count += 1) sink.record(anEvent(`i${count}`));
    server.isSilent = false;
    await clock.advance(300_000);
    expect(server.told).toHaveLength(2000);
    expect(server.told[0]).toBe('Sync i500 uid-of-i500 x1');
    expect(logger.entries.filter(({ level }) => level === 'warn').map(({ data }) => data)).toEqual([{ dropped: 500 }]);
  });

  it('waits while the server is away, and says so once', async () => {
    server.fault = () => fails(0);
    sink.record(anEvent('a'));
    await clock.advance(5000);
    server.fault = undefined;
    await clock.advance(2000);
    expect(server.told).toEqual(['Sync a uid-of-a x1']);
    expect(server.requests).toHaveLength(4);
    expect(logger.messages('warn')).toEqual(['Events cannot be told to the API server; they wait']);
  });

  it('makes no Event twice when the answer to the first attempt got lost', async () => {
    server.answersToLose = 1;
    sink.record(anEvent('a'));
    await clock.advance(5000);
    expect(server.requests).toEqual(['POST a', 'POST a']);
    expect(server.told).toEqual(['Sync a uid-of-a x1']);
  });

  it('waits as long as the server asks to', async () => {
    server.fault = () => fails(429, 'too many', { retryAfterMs: 20_000 });
    sink.record(anEvent('a'));
    await clock.advance(19_999);
    server.fault = undefined;
    expect(server.requests).toHaveLength(1);
    await clock.advance(1);
    expect(server.told).toHaveLength(1);
  });

  it('gives up what could not be told for ten minutes', async () => {
    server.fault = () => fails(500);
    sink.record(anEvent('a'));
    await clock.advance(700_000);
    server.fault = undefined;
    await clock.advance(700_000);
    expect(server.told).toEqual([]);
  });

  it.each([
    ['that ends', fails(403, 'events "x" is forbidden: because it is being terminated')],
    ['that is gone', fails(404)],
  ])('does not mind a namespace %s', async (_, fault) => {
    server.fault = ({ path }) => (path.includes('/ending/') ? fault : undefined);
    sink.record(anEvent('a', { object: { kind: 'Ingress', namespace: 'ending', name: 'a' } }));
    sink.record(anEvent('b'));
    await settle();
    expect(server.told).toEqual(['Sync b uid-of-b x1']);
    expect(logger.messages('warn')).toEqual([]);
  });

  it('says once that it lacks the permission, and goes on with the others', async () => {
    server.fault = () => fails(403, 'events is forbidden: User cannot create');
    for (const name of ['a', 'b', 'c']) sink.record(anEvent(name));
    await settle();
    expect(server.requests).toHaveLength(3);
    expect(logger.messages('warn').filter((message) => message === 'The API server refuses an Event')).toHaveLength(1);
  });

  it('waits on when a server that was away forbids everything at first, but not for ever', async () => {
    server.fault = () => fails(0);
    sink.record(anEvent('a'));
    await clock.advance(2000);
    server.fault = () => fails(403, 'forbidden: RBAC: clusterrole not found');
    await clock.advance(20_000);
    server.fault = undefined;
    await clock.advance(8000);
    expect(server.told).toEqual(['Sync a uid-of-a x1']);
    server.fault = () => fails(0);
    sink.record(anEvent('b'));
    await clock.advance(2000);
    server.fault = () => fails(403, 'forbidden');
    await clock.advance(120_000);
    expect(logger.messages('warn')).toContain('The API server refuses an Event');
  });

  it('passes over an object without a name', async () => {
    sink.record(anEvent(''));
    await settle();
    expect(server.requests).toEqual([]);
  });

  it('finds the uid of our own Pod once', async () => {
    const object = { kind: 'Pod', namespace: 'ingress-nginx', name: 'p-0' } as const;
    const { uid: _, ...reload } = anEvent('', { object, reason: 'RELOAD' });
    sink.record(reload);
    await settle();
    sink.record({ ...reload, message: 'again' });
    await settle();
    expect(server.told).toEqual(['RELOAD p-0 uid-of-pod x1', 'RELOAD p-0 uid-of-pod x1']);
    expect(server.requests).toEqual(['GET', 'POST p-0', 'POST p-0']);
  });

  it('waits until it is known who may tell, and then tells only what is allowed', async () => {
    let isLeader: boolean | undefined;
    begin({ isAllowed: ({ object }) => (object.kind === 'Pod' ? true : isLeader) });
    sink.record(anEvent('a'));
    await clock.advance(5000);
    expect(server.requests).toEqual([]);
    isLeader = true;
    await clock.advance(1000);
    expect(server.told).toEqual(['Sync a uid-of-a x1']);
    isLeader = false;
    sink.record(anEvent('a'));
    sink.record(anEvent('b'));
    await clock.advance(5000);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['of an Ingress', anEvent('a'), 'POST a'],
    ['of our own Pod', anEvent('p-0', { object: { kind: 'Pod', namespace: 'ingress-nginx', name: 'p-0' } }), 'GET'],
  ])('sends what waits before it ends, but not for long an Event %s', async (_, { uid: _unknown, ...event }, asked) => {
    for (const name of ['a', 'b', 'c']) sink.record(anEvent(name));
    await sink.stop();
    expect(server.told).toHaveLength(3);
    begin();
    server.isSilent = true;
    sink.record(event);
    await settle();
    let isStopped = false;
    const stopping = sink.stop().then(() => (isStopped = true));
    await clock.advance(1499);
    expect(isStopped).toBe(false);
    await clock.advance(1);
    expect(isStopped).toBe(true);
    await stopping;
    sink.record(anEvent('z'));
    await clock.advance(60_000);
    expect(server.requests).toEqual([asked]);
  });
});
