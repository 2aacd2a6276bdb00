import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { ask, type Answer, type GatePorts } from './harness/ask.ts';
import { eventually, kindCluster, type KindCluster } from './harness/kind-cluster.ts';
import { deployWorkload } from './harness/kind-workload.ts';

const CAFE = join(import.meta.dirname, '../../examples/cafe');
const FILES = ['cafe.yaml', 'cafe-secret.yaml', 'cafe-ingress.yaml'];

describe('the cafe, applied with kubectl', () => {
  let cluster: KindCluster;
  let gate: Required<GatePorts>;

  beforeAll(async () => {
    cluster = kindCluster();
    gate = await cluster.gate();
    for (const file of FILES) await cluster.kubectl(['apply', '-f', join(CAFE, file)]);
    await cluster.kubectl(['rollout', 'status', 'deployment/tea', '--timeout=90s']);
    await cluster.kubectl(['rollout', 'status', 'deployment/coffee', '--timeout=90s']);
  }, 200_000);

  afterAll(async () => {
    for (const file of FILES) await cluster.kubectl(['delete', '-f', join(CAFE, file), '--wait=false']);
  });

  const backendOf = ({ body }: Answer): string => (JSON.parse(body) as { readonly backend: string }).backend;

  it.each(['tea', 'coffee'])('answers /%s from a Pod of that Deployment', async (name) => {
    await eventually(async () => {
      const answer = await ask(gate, { ask: `GET https://cafe.example.com/${name}` });
      expect({ status: answer.status, names: answer.certificateNames, backend: backendOf(answer) }).toEqual({
        status: 200,
        names: expect.stringContaining('cafe.example.com'),
        backend: expect.stringMatching(new RegExp(`^${name}-`)),
      });
    });
  });

  it('uses both Pods of a Deployment', async () => {
    const backends = new Set<string>();
    // A Pod is used some moments after its Deployment says that it is ready.
    await eventually(async () => {
      backends.add(backendOf(await ask(gate, { ask: 'GET https://cafe.example.com/tea' })));
      expect(backends.size).toBe(2);
    });
  });

  it('is shown by kubectl get with its class, host, address and ports', async () => {
    await eventually(async () => {
      const [heading = '', line = ''] = (await cluster.kubectl(['get', 'ingress', 'cafe-ingress'])).split('\n');
      expect(heading.split(/ {2,}/)).toEqual(['NAME', 'CLASS', 'HOSTS', 'ADDRESS', 'PORTS', 'AGE']);
      expect(line.split(/ {2,}/).slice(0, 5)).toEqual([
        'cafe-ingress',
        'nginx',
        'cafe.example.com',
        expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
        '80, 443',
      ]);
    }, 30_000);
  });

  it('is described by kubectl with its rules, their endpoints, TLS and the Event', async () => {
    await eventually(async () => {
      const text = await cluster.kubectl(['describe', 'ingress', 'cafe-ingress']);
      expect(text).toMatch(/^ +cafe-secret terminates cafe\.example\.com$/m);
      expect(text).toMatch(/^ +\/tea +tea-svc:80 \(\d+\.\d+\.\d+\.\d+:8080,\d+\.\d+\.\d+\.\d+:8080\)$/m);
      expect(text).toMatch(/^ +\/coffee +coffee-svc:80 \(/m);
      expect(text).toMatch(/^ +Normal +CREATE +\S+ +nginx-ingress-controller +Ingress default\/cafe-ingress$/m);
    }, 30_000);
  });

  it('tells of a change by an Event of its own', async () => {
    await cluster.kubectl(['annotate', 'ingress', 'cafe-ingress', 'nginx.ingress.kubernetes.io/proxy-body-size=2m']);
    await eventually(async () => {
      const text = await cluster.kubectl(['describe', 'ingress', 'cafe-ingress']);
      expect(text).toMatch(/^ +Normal +UPDATE +\S.*nginx-ingress-controller +Ingress default\/cafe-ingress$/m);
    }, 30_000);
  });

  it('tells what is wrong with an annotation by a Warning', async () => {
    await cluster.kubectl(['annotate', 'ingress', 'cafe-ingress', 'nginx.ingress.kubernetes.io/no-such-thing=x']);
    await eventually(async () => {
      const text = await cluster.kubectl(['describe', 'ingress', 'cafe-ingress']);
      expect(text).toMatch(/^ +Warning +AnnotationUnknown +\S.*no-such-thing/m);
    }, 30_000);
  });
});

describe('an Ingress that names its class by annotation, as before IngressClasses', () => {
  it('is served', async () => {
    const cluster = kindCluster();
    const gate = await cluster.gate();
    const annotations = { 'kubernetes.io/ingress.class': 'nginx' };
    const { host, remove } = await deployWorkload(cluster, { name: 'legacy-class', replicas: 1, annotations });
    try {
      await eventually(async () => {
        expect(await ask(gate, { ask: `GET http://${host}/` })).toMatchObject({ status: 200 });
      });
    } finally {
      await remove();
    }
  }, 120_000);
});

describe('what no Ingress answers', () => {
  it('gets the page of the default backend, with 404', async () => {
    const gate = await kindCluster().gate();
    const { status, body, headers } = await ask(gate, {
      ask: 'GET http://nobody.example.org/x',
      headers: { accept: 'text/html' },
    });
    expect({ status, type: headers['content-type'] }).toEqual({
      status: 404,
      type: expect.stringContaining('text/html'),
    });
    expect(body).toContain('<title>404 Not Found</title>');
  });
});
