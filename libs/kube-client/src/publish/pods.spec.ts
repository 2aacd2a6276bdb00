import { describe, expect, it } from '@jest/globals';
import { countOtherReplicas, isStatusToBeCleared, parsePod, planNodeNames, planReplicaSelector } from './pods.ts';

const aPod = (name: string, more: { phase?: string; ready?: string; metadata?: object; node?: string } = {}) =>
  parsePod({
    metadata: { name, ...more.metadata },
    spec: { nodeName: more.node ?? `node-of-${name}` },
    status: {
      phase: more.phase ?? 'Running',
      conditions: [
        { type: 'Initialized', status: 'True' },
        { type: 'Ready', status: more.ready ?? 'True' },
      ],
    },
  });
const ending = { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };
const own = aPod('own', { ready: 'False', phase: 'Pending' });

describe('a Pod', () => {
  it.each([null, 'text', {}, { metadata: [], status: { conditions: {} } }, { metadata: { labels: { a: 5 } } }])(
    'that is %j is nothing',
    (json) => {
      expect(parsePod(json)).toEqual({
        name: '',
        uid: '',
        nodeName: '',
        isRunning: false,
        isReady: false,
        labels: new Map(),
      });
    },
  );

  it('is found with the others of its workload by the labels that all of them have', () => {
    const labels = {
      app: 'ingress-nginx',
      'app.kubernetes.io/part-of': 'x',
      'pod-template-hash': 'abc',
      'controller-revision-hash': 'abc',
      'pod-template-generation': '1',
      'statefulset.kubernetes.io/pod-name': 'own-0',
    };
    expect(planReplicaSelector(aPod('own', { metadata: { labels } }))).toBe(
      'app=ingress-nginx,app.kubernetes.io/part-of=x',
    );
  });

  it('without such labels has no others, not all Pods of the namespace', () => {
    expect(planReplicaSelector(own)).toBeUndefined();
    expect(planReplicaSelector(aPod('own', { metadata: { labels: { 'pod-template-hash': 'a' } } }))).toBeUndefined();
  });
});

describe('the other replicas', () => {
  it('are those that run, ready or not, and are not about to end', () => {
    const pods = [own, aPod('a'), aPod('b', { ready: 'False' }), aPod('c', ending), aPod('d', { phase: 'Pending' })];
    expect(countOtherReplicas(own, pods)).toBe(2);
  });
});

describe('the nodes of the workload', () => {
  it('are those of ready Pods and our own, each once, in order', () => {
    const pods = [
      own,
      aPod('b', { node: 'n2' }),
      aPod('a', { node: 'n1' }),
      aPod('c', { node: 'n1' }),
      aPod('d', { ready: 'False' }),
      aPod('e', ending),
      aPod('f', { node: '' }),
    ];
    expect(planNodeNames(own, pods)).toEqual(['n1', 'n2', 'node-of-own']);
  });

  it('are our own even when nobody is ready', () => {
    expect(planNodeNames(own, [])).toEqual(['node-of-own']);
  });
});

describe('the status at the end', () => {
  it.each([
    [true, true, 0, true],
    [true, true, 1, false],
    [true, true, undefined, false],
    [true, false, 0, false],
    [false, true, 0, false],
  ])(
    'when wanted is %s, leader is %s and others are %s: cleared is %s',
    (isWanted, isLeader, otherReplicas, cleared) => {
      expect(isStatusToBeCleared({ isWanted, isLeader, otherReplicas })).toBe(cleared);
    },
  );
});
