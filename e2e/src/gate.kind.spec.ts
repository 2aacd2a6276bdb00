import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { connectKubeApi, type KubeApi } from '@gatehouse/kube-client';
import { RecordingLogger } from '@gatehouse/testing';
import { eventually, kindCluster, NAMESPACE, type KindCluster } from './harness/kind-cluster.ts';
import { setFailurePolicy, untilJudged } from './harness/kind-gate.ts';
import { anIngress, type IngressShape } from './harness/registered-webhook.ts';

const WEBHOOK = 'deployment/ingress-nginx-admission';
const BODY_SIZE = 'nginx.ingress.kubernetes.io/proxy-body-size';
const OURS = 'gate';
const BAD_SENTENCE =
  `metadata.annotations[${BODY_SIZE}]: "much" is not a size such as 8m, at most 1048576g, or 0 for no limit ` +
  '(AnnotationInvalid';

let cluster: KindCluster;
let api: KubeApi;

beforeAll(async () => {
  cluster = kindCluster();
  api = await connectKubeApi({ kubeconfig: cluster.kubeconfig, logger: new RecordingLogger() });
  await cluster.kubectl(['create', 'namespace', OURS]);
  await cluster.kubectl(['create', 'service', 'clusterip', 'tea-svc', '--tcp=80', '-n', OURS]);
  await untilJudged(cluster);
}, 120_000);

afterAll(async () => {
  await setFailurePolicy(cluster, 'Ignore');
  await scale(2);
  await untilJudged(cluster);
  await cluster.kubectl(['delete', 'namespace', OURS, '--wait=false']);
  await api.close();
}, 240_000);

const apply = (name: string, shape: IngressShape = {}): Promise<string> =>
  cluster.kubectl(['apply', '-f', '-'], JSON.stringify(anIngress(name, { namespace: OURS, ...shape })));
async function scale(replicas: number): Promise<void> {
  await cluster.kubectl(['scale', '-n', NAMESPACE, WEBHOOK, `--replicas=${replicas}`]);
  await cluster.kubectl(['rollout', 'status', '-n', NAMESPACE, WEBHOOK, '--timeout=120s']);
  if (replicas > 0) return;
  const pods = ['pod', '-n', NAMESPACE, '-l', 'app.kubernetes.io/component=admission-webhook'];
  await cluster.kubectl(['wait', '--for=delete', ...pods, '--timeout=120s']);
}

describe('an Ingress in a cluster', () => {
  it.each<[string, IngressShape, string]>([
    ['has an annotation that means nothing', { annotations: { [BODY_SIZE]: 'much' } }, BAD_SENTENCE],
    [
      'has an expression that nginx does not take',
      {
        path: '/[a',
        pathType: 'ImplementationSpecific',
        annotations: { 'nginx.ingress.kubernetes.io/use-regex': 'true' },
      },
      'spec.rules[0].http.paths[0].path: the path "/[a" cannot be served as a regular expression, because a [ is never ' +
        'closed (PathRegexInvalid',
    ],
    [
      'takes the path of another',
      { host: 'mine.example.com' },
      `spec.rules[0].http.paths[0]: the path "/" of host "mine.example.com" belongs to Ingress ${OURS}/mine, which is older`,
    ],
  ])('is refused by kubectl apply when it %s', async (_, shape, sentence) => {
    await apply('mine');
    // The webhook learns of it a moment later.
    await eventually(async () => {
      const refusal = await apply('bad', shape).catch((error: unknown) => String(error));
      await cluster.kubectl(['delete', 'ingress', 'bad', '-n', OURS, '--ignore-not-found']);
      expect(refusal).toContain(`admission webhook "ingresses.admission.gatehouse" denied the request: ${sentence}`);
    });
  });

  it('is let in when nothing is wrong with it, by each Pod of the webhook', async () => {
    for (let count = 0; count < 10; count += 1) await apply('good', { annotations: { [BODY_SIZE]: `${count}m` } });
  });
});

describe('while nothing comes in unseen (failurePolicy: Fail)', () => {
  beforeAll(() => setFailurePolicy(cluster, 'Fail'));

  /** Writes an Ingress five times a second until it is told to stop; what failed. */
  function startWriting(
    name: string,
  ): () => Promise<{ readonly writes: number; readonly failures: readonly string[] }> {
    const end = new AbortController();
    const failures: string[] = [];
    let writes = 0;
    const write = async (count: number): Promise<void> => {
      const body = anIngress(name, { namespace: OURS, annotations: { [BODY_SIZE]: `${count}m` } });
      const path = `/apis/networking.k8s.io/v1/namespaces/${OURS}/ingresses/${name}`;
      const query = { fieldManager: 'gatehouse-e2e', force: 'true' };
      const how = { method: 'PATCH', contentType: 'application/apply-patch+yaml' } as const;
      await api.send({ ...how, path, query, body }).catch((error: unknown) => failures.push(String(error)));
    };
    const writing = (async () => {
      const running: Promise<void>[] = [];
      while (!end.signal.aborted) {
        running.push(write((writes += 1)));
        await delay(200);
      }
      await Promise.all(running);
    })();
    return async () => {
      end.abort();
      await writing;
      return { writes, failures };
    };
  }

  it('no write fails while a Pod of the webhook ends', async () => {
    const stop = startWriting('through-an-end');
    await delay(1000);
    const pods = ['-n', NAMESPACE, '-l', 'app.kubernetes.io/component=admission-webhook'];
    const [pod = ''] = (
      await cluster.kubectl(['get', 'pods', ...pods, '-o', 'jsonpath={.items[*].metadata.name}'])
    ).split(' ');
    await cluster.kubectl(['delete', 'pod', '-n', NAMESPACE, pod, '--timeout=120s']);
    await scale(2);
    await delay(1000);
    const { writes, failures } = await stop();
    expect({ failures, enough: writes > 20 }).toEqual({ failures: [], enough: true });
  }, 240_000);

  it('no write fails while all of them are replaced', async () => {
    const stop = startWriting('through-a-roll');
    await delay(1000);
    await cluster.kubectl(['rollout', 'restart', '-n', NAMESPACE, WEBHOOK]);
    await scale(2);
    await delay(7000);
    const { writes, failures } = await stop();
    expect({ failures, enough: writes > 20 }).toEqual({ failures: [], enough: true });
  }, 240_000);
});

describe('while no Pod of the webhook is left', () => {
  beforeAll(() => scale(0), 150_000);

  const create = (...args: readonly string[]): Promise<string> =>
    cluster.kubectl(['create', ...args, '-n', OURS, '--dry-run=server']);
  const others: readonly (readonly string[])[] = [
    ['ingress', 'foreign', '--class=other', '--rule=foreign.example.com/=tea-svc:80'],
    ['deployment', 'web', '--image=example.com/web:1'],
    ['service', 'clusterip', 'plain', '--tcp=80'],
    ['service', 'externalname', 'outside', '--external-name=example.com'],
    ['configmap', 'any'],
  ];

  it.each(['Fail', 'Ignore'] as const)(
    'nothing else in the cluster notices, with %s',
    async (policy) => {
      await setFailurePolicy(cluster, policy);
      for (const args of others) await expect(create(...args)).resolves.toContain('created');
      const run = ['run', 'pod', '-n', OURS, '--image=example.com/web:1', '--dry-run=server'];
      await expect(cluster.kubectl(run)).resolves.toContain('created');
    },
    60_000,
  );

  it('with Fail, an Ingress of our class waits, and says for whom', async () => {
    await setFailurePolicy(cluster, 'Fail');
    await eventually(async () => {
      await expect(apply('waiting')).rejects.toThrow('failed calling webhook "ingresses.admission.gatehouse"');
    });
  }, 60_000);

  it('with Ignore, a bad one comes in, and the controller tells of it by an Event', async () => {
    await setFailurePolicy(cluster, 'Ignore');
    await eventually(() => apply('unseen', { annotations: { [BODY_SIZE]: 'much' } }), 60_000);
    await eventually(async () => {
      const text = await cluster.kubectl(['describe', 'ingress', 'unseen', '-n', OURS]);
      expect(text).toMatch(/^ +Warning +AnnotationInvalid +\S.*"much" is not a size such as 8m/m);
    }, 60_000);
  }, 150_000);
});
