import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createLeaderElection,
  KubeApiError,
  type KubeApi,
  type KubeRequest,
  type LeaderElection,
} from '@gatehouse/kube-client';
import { systemClock } from '@gatehouse/logging';
import { RecordingLogger, startApiServer, until, type ApiServer } from '@gatehouse/testing';
import { connectAccount, makeAccount, OWN_NAMESPACE } from './harness/kube-account.ts';

const LEASE = 'ingress-controller-leader';
/** Short, so that the suite does not wait for half a minute; on a busy machine answers still come in time. */
const TTL_MS = 6000;

/** A contender that is a process of its own as far as the server can tell, and whose network can be cut. */
interface Contender {
  readonly name: string;
  readonly election: LeaderElection;
  readonly told: boolean[];
  cut(): void;
}

function neverAnswered({ signal }: KubeRequest): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = (): void => reject(new KubeApiError('given up', { status: 0 }));
    if (signal?.aborted === true) giveUp();
    else signal?.addEventListener('abort', giveUp);
  });
}

describe('the Lease of the leader at a real API server', () => {
  let server: ApiServer;
  const contenders: Contender[] = [];
  const apis: KubeApi[] = [];

  async function contend(name: string): Promise<Contender> {
    const api = await connectAccount(server);
    apis.push(api);
    const told: boolean[] = [];
    let isCut = false;
    const election = createLeaderElection({
      // A server that is not heard of any more: nothing is answered, nothing is refused.
      api: {
        send: (request) => (isCut ? neverAnswered(request) : api.send(request)),
        stream: (request) => api.stream(request),
        close: () => api.close(),
      },
      clock: systemClock,
      logger: new RecordingLogger(),
      jitter: Math.random,
      lease: { namespace: OWN_NAMESPACE, name: LEASE },
      identity: name,
      ttlMs: TTL_MS,
      onChange: (isLeader) => told.push(isLeader),
    });
    const contender = { name, election, told, cut: () => (isCut = true) };
    contenders.push(contender);
    election.start();
    return contender;
  }

  const leaders = (): readonly string[] =>
    contenders.filter(({ election }) => election.isLeader()).map(({ name }) => name);
  const leaseSpec = async () =>
    (
      (await server.request('GET', `/apis/coordination.k8s.io/v1/namespaces/${OWN_NAMESPACE}/leases/${LEASE}`)) as {
        readonly spec: Readonly<Record<string, unknown>>;
      }
    ).spec;

  beforeAll(async () => {
    server = await startApiServer();
    await makeAccount(server, LEASE);
  });
  afterAll(async () => {
    await Promise.all(contenders.map(({ election }) => election.release()));
    await Promise.all(apis.map((api) => api.close()));
    await server.stop();
  });

  it('goes to one of three that begin together, from one to the next when it is given up, and on when its holder dies', async () => {
    await Promise.all(['a', 'b', 'c'].map(contend));
    let mostLeaders = 0;
    const watching = setInterval(() => (mostLeaders = Math.max(mostLeaders, leaders().length)), 10);
    try {
      await until(() => leaders().length === 1 && contenders.every(({ election }) => election.isDecided()));
      const first = contenders.find(({ name }) => name === leaders()[0])!;
      expect(await leaseSpec()).toMatchObject({
        holderIdentity: first.name,
        leaseDurationSeconds: TTL_MS / 1000,
        leaseTransitions: 0,
      });

      const releasedAtMs = performance.now();
      await first.election.release();
      await until(() => leaders().length === 1);
      // A quarter of the time to live, a fifth more, and what the machine takes.
      expect(performance.now() - releasedAtMs).toBeLessThan(TTL_MS / 2);
      const second = contenders.find(({ name }) => name === leaders()[0])!;
      expect(second.name).not.toBe(first.name);
      expect(await leaseSpec()).toMatchObject({ holderIdentity: second.name, leaseTransitions: 1 });

      second.cut();
      await until(() => !second.election.isLeader());
      expect(leaders()).toEqual([]);
      await until(() => leaders().length === 1);
      const [third] = leaders();
      expect(await leaseSpec()).toMatchObject({ holderIdentity: third, leaseTransitions: 2 });
      expect(contenders.map(({ told }) => told)).toEqual(
        contenders.map(({ name }) => (name === third ? [true] : [true, false])),
      );
      expect(mostLeaders).toBe(1);
    } finally {
      clearInterval(watching);
    }
  }, 60_000);

  it('is kept by its holder over what others write into it, and over a restart of the server', async () => {
    const leader = contenders.find(({ election }) => election.isLeader())!;
    await server.kubectl(['label', 'lease', LEASE, `--namespace=${OWN_NAMESPACE}`, 'seen-by=somebody']);
    const renewedOf = async () => (await leaseSpec())['renewTime'];
    const before = await renewedOf();
    await until(async () => (await renewedOf()) !== before);
    await server.stopServer();
    await server.startServer();
    const restarted = await renewedOf();
    await until(async () => (await renewedOf()) !== restarted);
    await until(() => leader.election.isLeader());
    const [labels] = [await server.kubectl(['get', 'lease', LEASE, `--namespace=${OWN_NAMESPACE}`, '--show-labels'])];
    expect(labels).toContain('seen-by=somebody');
    expect(await leaseSpec()).toMatchObject({ holderIdentity: leader.name, leaseTransitions: 2 });
  }, 60_000);
});
