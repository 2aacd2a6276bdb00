import { describe, expect, it } from '@jest/globals';
import { FakeClock, RecordingLogger, settle } from '@gatehouse/testing';
import fc from 'fast-check';
import { fieldsOf, textAt } from '../json.ts';
import { KubeApiError, type KubeApi, type KubeRequest } from '../kube-api.ts';
import { createLeaderElection } from './leader-election.ts';

/** One Lease as a server keeps it, behind a network that can fail; e2e/src/lease.apiserver.spec.ts asks the real one. */
class LeaseServer {
  spec: unknown;
  version = 0;
  readonly requests: string[] = [];
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** The way of one contender to it. `lost` says which half of a request gets lost. */
  connect(network: { delayMs: number; lost?: 'answer' | 'request' }): KubeApi {
    return {
      send: async (request) => {
        this.requests.push(`${request.method ?? 'GET'} ${request.path}`);
        await this.#travel(network.delayMs, request.signal);
        if (network.lost === 'request') return this.#never(request);
        const answer = this.#answer(request);
        await this.#travel(network.delayMs, request.signal);
        if (network.lost === 'answer') return this.#never(request);
        if (answer instanceof KubeApiError) throw answer;
        return answer;
      },
      stream: () => Promise.reject(new Error('unused')),
      close: () => Promise.resolve(),
    };
  }

  #answer({ method = 'GET', body }: KubeRequest): unknown {
    if (method === 'GET') return this.version === 0 ? new KubeApiError('gone', { status: 404 }) : this.#lease();
    if (method === 'POST' && this.version > 0) return new KubeApiError('exists', { status: 409 });
    if (method === 'PATCH' && textAt(body, 'metadata', 'resourceVersion') !== String(this.version))
      return new KubeApiError('conflict', { status: 409 });
    this.spec = { ...fieldsOf(this.spec), ...fieldsOf(fieldsOf(body)['spec']) };
    this.version += 1;
    return this.#lease();
  }

  #lease(): unknown {
    return { metadata: { resourceVersion: String(this.version) }, spec: this.spec };
  }

  #travel(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (delayMs === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(delayMs, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        reject(new KubeApiError('given up', { status: 0 }));
      });
    });
  }

  #never({ signal }: KubeRequest): Promise<never> {
    return new Promise((_, reject) => {
      const end = (): void => reject(new KubeApiError('given up', { status: 0 }));
      if (signal?.aborted === true) end();
      signal?.addEventListener('abort', end);
    });
  }
}

function aContender(server: LeaseServer, clock: FakeClock, identity: string) {
  const network: { delayMs: number; lost?: 'answer' | 'request' } = { delayMs: 0 };
  const told: boolean[] = [];
  const logger = new RecordingLogger();
  const election = createLeaderElection({
    api: server.connect(network),
    clock,
    logger,
    jitter: () => 0,
    lease: { namespace: 'ingress-nginx', name: 'leader' },
    identity,
    ttlMs: 30_000,
    onChange: (isLeader) => told.push(isLeader),
  });
  return { election, network, told, logger, identity };
}

function aWorld(...names: readonly string[]) {
  const clock = new FakeClock();
  const server = new LeaseServer(clock);
  return { clock, server, contenders: names.map((name) => aContender(server, clock, name)) };
}

describe('the leader election', () => {
  it('makes the first contender the leader, and the second a follower', async () => {
    const { clock, server, contenders } = aWorld('a', 'b');
    const [a, b] = contenders;
    a!.election.start();
    await settle();
    b!.election.start();
    await clock.advance(100_000);
    expect([a!.election.isLeader(), b!.election.isLeader()]).toEqual([true, false]);
    expect([a!.told, b!.told]).toEqual([[true], []]);
    expect([a!.election.isDecided(), b!.election.isDecided()]).toEqual([true, true]);
    expect(server.spec).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0 });
  });

  it.each([{}, { kind: 'Status' }, 'text'])(
    'takes %j for no Lease, and writes over none because of it',
    async (answer) => {
      const clock = new FakeClock();
      const server = new LeaseServer(clock);
      server.connect = () => ({
        send: ({ method = 'GET' }) => {
          server.requests.push(method);
          return Promise.resolve(answer);
        },
        stream: () => Promise.reject(new Error('unused')),
        close: () => Promise.resolve(),
      });
      const { election, told } = aContender(server, clock, 'a');
      election.start();
      await clock.advance(60_000);
      expect(new Set(server.requests)).toEqual(new Set(['GET']));
      expect([election.isDecided(), told]).toEqual([false, []]);
    },
  );

  it('lets another lead soon after the leader gave the Lease up', async () => {
    const { clock, server, contenders } = aWorld('a', 'b');
    const [a, b] = contenders;
    a!.election.start();
    await settle();
    b!.election.start();
    await settle();
    await a!.election.release();
    expect(a!.told).toEqual([true, false]);
    expect(server.spec).toMatchObject({ holderIdentity: '', leaseTransitions: 0 });
    await clock.advance(7500);
    expect(b!.election.isLeader()).toBe(true);
    expect(server.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  it('lets another lead when the leader is silent for its time to live, and only after it stopped leading', async () => {
    const { clock, contenders } = aWorld('a', 'b');
    const [a, b] = contenders;
    a!.election.start();
    await settle();
    b!.election.start();
    await settle();
    a!.network.lost = 'request';
    await clock.advance(14_999);
    expect(a!.election.isLeader()).toBe(true);
    await clock.advance(1);
    expect([a!.election.isLeader(), a!.told]).toEqual([false, [true, false]]);
    await clock.advance(14_999);
    expect(b!.election.isLeader()).toBe(false);
    await clock.advance(7500);
    expect(b!.election.isLeader()).toBe(true);
    delete a!.network.lost;
    await clock.advance(60_000);
    expect([a!.election.isLeader(), b!.election.isLeader()]).toEqual([false, true]);
  });

  it('leads on when only answers get lost for a while', async () => {
    const { clock, contenders } = aWorld('a');
    const [a] = contenders;
    a!.election.start();
    await settle();
    a!.network.lost = 'answer';
    await clock.advance(9000);
    delete a!.network.lost;
    await clock.advance(60_000);
    expect([a!.election.isLeader(), a!.told]).toEqual([true, [true]]);
    expect(a!.logger.messages('warn')).toEqual(['The Lease of the leader cannot be read or written']);
  });

  it('says once that the server is away, however long it is', async () => {
    const { clock, contenders } = aWorld('a');
    const [a] = contenders;
    a!.network.lost = 'request';
    a!.election.start();
    await clock.advance(600_000);
    expect(a!.logger.messages('warn')).toHaveLength(1);
    expect(a!.election.isDecided()).toBe(false);
  });

  it('does not lead by its own clock even when no timer got its turn', async () => {
    const { clock, contenders } = aWorld('a');
    const [a] = contenders;
    a!.election.start();
    await settle();
    // A process that was stopped wakes up late: the clock has moved on before any timer is called.
    const timerTimeMs = clock.monotonicMs.bind(clock);
    clock.monotonicMs = () => timerTimeMs() + 14_999;
    expect(a!.election.isLeader()).toBe(true);
    clock.monotonicMs = () => timerTimeMs() + 15_000;
    expect(a!.election.isLeader()).toBe(false);
  });

  it('gives nothing up that it does not hold, and waits only some seconds for a server that is away', async () => {
    const { clock, server, contenders } = aWorld('a', 'b');
    const [a, b] = contenders;
    a!.election.start();
    await settle();
    b!.election.start();
    await settle();
    const before = server.requests.length;
    await b!.election.release();
    expect(server.requests.length).toBe(before);
    a!.network.lost = 'request';
    let isReleased = false;
    const releasing = a!.election.release().then(() => (isReleased = true));
    await clock.advance(2999);
    expect(isReleased).toBe(false);
    await clock.advance(1);
    await releasing;
    expect(a!.logger.messages('warn')).toEqual([
      'The Lease of the leader is not given up; the next leader waits until it runs out',
    ]);
  });

  it('gives up a claim whose answer never came', async () => {
    const { clock, server, contenders } = aWorld('a');
    const [a] = contenders;
    a!.network.lost = 'answer';
    a!.election.start();
    await clock.advance(3000);
    delete a!.network.lost;
    await clock.advance(7400);
    a!.network.delayMs = 10;
    await clock.advance(135);
    expect(server.spec).toMatchObject({ holderIdentity: 'a' });
    const releasing = a!.election.release();
    await clock.advance(100);
    await releasing;
    expect(server.spec).toMatchObject({ holderIdentity: '' });
  });

  it('never has two leaders at a time, whatever the network does, and has one again when it heals', async () => {
    const weather = fc.record({
      who: fc.integer({ min: 0, max: 2 }),
      lost: fc.constantFrom('answer' as const, 'request' as const, undefined),
      delayMs: fc.constantFrom(0, 5, 900, 1600),
      lastsMs: fc.integer({ min: 1, max: 40_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(weather, { maxLength: 25 }), async (changes) => {
        const { clock, contenders } = aWorld('a', 'b', 'c');
        const leaders = (): readonly string[] =>
          contenders.filter(({ election }) => election.isLeader()).map(({ identity }) => identity);
        for (const { election } of contenders) election.start();
        for (const { who, lost, delayMs, lastsMs } of changes) {
          const { network } = contenders[who]!;
          network.delayMs = delayMs;
          if (lost === undefined) delete network.lost;
          else network.lost = lost;
          for (let passed = 0; passed < lastsMs; passed += 500) {
            await clock.advance(Math.min(500, lastsMs - passed));
            expect(leaders().length).toBeLessThanOrEqual(1);
          }
        }
        for (const { network } of contenders) {
          network.delayMs = 0;
          delete network.lost;
        }
        await clock.advance(60_000);
        expect(leaders()).toHaveLength(1);
        await Promise.all(contenders.map(({ election }) => election.release()));
        expect(leaders()).toEqual([]);
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});
