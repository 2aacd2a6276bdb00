import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeCertificate, masterIn, processWithChildren, until } from '@gatehouse/testing';
import { testedCapabilities } from './harness/bare-nginx.ts';
import { ask, type Answer } from './harness/ask.ts';
import { makePod, startApiController, type ApiController } from './harness/api-controller.ts';
import { endpointsOf, startCafeCluster, type CafeCluster } from './harness/cafe-cluster.ts';
import { NAMESPACE } from './harness/deployment.ts';

let cluster: CafeCluster;
let controller: ApiController;

const kubectl = (...args: readonly string[]): Promise<string> => cluster.server.kubectl(args);
const patch = (kind: string, name: string, change: object): Promise<string> =>
  kubectl('patch', kind, name, '--type=merge', '-p', JSON.stringify(change));

beforeAll(async () => {
  cluster = await startCafeCluster();
  await makePod(cluster.server, 'controller-0');
  controller = await startApiController({
    kubeconfig: cluster.controllerKubeconfig,
    podName: 'controller-0',
    flags: ['--publish-service=$(POD_NAMESPACE)/ingress-nginx'],
  });
  await controller.untilReady();
}, 120_000);

afterAll(async () => {
  await controller.terminate();
  await cluster.close();
});

const asking = (question: string): Promise<Answer> => ask(controller, { ask: question });

/** The name of the backend that answers, or the status when none does. */
async function backendOf(question: string): Promise<string> {
  const { status, body } = await asking(question);
  return status === 200 ? (JSON.parse(body) as { backend: string }).backend : String(status);
}
const untilAnswered = (question: string, by: string): Promise<void> =>
  until(async () => (await backendOf(question)) === by);

const anIngress = (
  name: string,
  host: string,
  more: { readonly metadata?: object; readonly spec?: object },
): object => {
  const backend = { service: { name: 'tea-svc', port: { number: 80 } } };
  const rules = [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  const kind = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
  return { ...kind, metadata: { name, ...more.metadata }, spec: { rules, ...more.spec } };
};

describe('the cafe in a cluster', () => {
  it('is answered over HTTPS by the Pods of each path', async () => {
    expect(await backendOf('GET https://cafe.example.com/tea')).toBe('tea');
    expect(await backendOf('GET https://cafe.example.com/coffee')).toBe('coffee');
    expect((await asking('GET https://cafe.example.com/')).certificateNames).toContain('cafe.example.com');
  });

  it('shows its address', async () => {
    const service = await kubectl(
      'get',
      'service',
      '-n',
      NAMESPACE,
      'ingress-nginx',
      '-o',
      'jsonpath={.spec.clusterIP}',
    );
    const get = (): Promise<string> => kubectl('get', 'ingress', 'cafe-ingress', '--no-headers');
    await until(async () => (await get()).includes(service));
    expect((await get()).split(/\s+/).slice(0, 6)).toEqual([
      'cafe-ingress',
      'nginx',
      'cafe.example.com',
      service,
      '80,',
      '443',
    ]);
  });

  it('has its Events, as `kubectl describe` shows them', async () => {
    const describeCafe = (): Promise<string> => kubectl('describe', 'ingress', 'cafe-ingress');
    await until(async () => (await describeCafe()).includes('CREATE'));
    const text = await describeCafe();
    expect(text).toMatch(/Normal\s+CREATE\s+\S+.*nginx-ingress-controller\s+Ingress default\/cafe-ingress/);
    expect(text).toMatch(/Normal\s+Sync\s+\S+.*nginx-ingress-controller\s+Scheduled for sync/);
    await until(async () => (await kubectl('describe', 'pod', '-n', NAMESPACE, 'controller-0')).includes('RELOAD'));
  });

  it('tells of what is wrong, with the code as the reason, and of updates and the end', async () => {
    const broken = anIngress('broken', 'broken.example.com', {
      metadata: { annotations: { 'nginx.ingress.kubernetes.io/proxy-connect-timeout': 'soon' } },
      spec: { ingressClassName: 'nginx' },
    });
    await cluster.apply(broken);
    const reasons = async (): Promise<string> =>
      kubectl(
        'get',
        'events',
        '-o',
        'jsonpath={range .items[?(@.involvedObject.name=="broken")]}{.type} {.reason}{"\\n"}{end}',
      );
    await until(async () => /Warning Annotation\w+/.test(await reasons()));
    await patch('ingress', 'broken', { metadata: { annotations: null } });
    await until(async () => (await reasons()).includes('Normal UPDATE'));
    await kubectl('delete', 'ingress', 'broken');
    await until(async () => (await reasons()).includes('Normal DELETE'));
  });
});

describe('a worker of nginx that crashes', () => {
  it('is replaced, counted, and told of at our own Pod', async () => {
    const [, worker = 0] = await processWithChildren(masterIn(controller.runtimeDirectory));
    process.kill(worker, 'SIGSEGV');
    await until(async () => /^gatehouse_nginx_worker_crashes_total 1$/m.test(await controller.metrics()));
    const describePod = (): Promise<string> => kubectl('describe', 'pod', '-n', NAMESPACE, 'controller-0');
    await until(async () => /Warning\s+WorkerCrash\s/.test(await describePod()));
    expect(await backendOf('GET https://cafe.example.com/tea')).toBe('tea');
  });
});

describe('an nginx older than 1.27.3', () => {
  // A newer one has no such Problem.
  (testedCapabilities().upstreamResolve ? it.skip : it)('is a Problem of our own Pod (on such an nginx)', async () => {
    const describePod = (): Promise<string> => kubectl('describe', 'pod', '-n', NAMESPACE, 'controller-0');
    await until(async () => /Warning\s+EndpointsNeedReloads\s/.test(await describePod()));
  });
});

describe('a change in the cluster is live', () => {
  it('of an EndpointSlice', async () => {
    await cluster.apply(endpointsOf('tea-svc', cluster.coffee));
    await untilAnswered('GET https://cafe.example.com/tea', 'coffee');
    await cluster.apply(endpointsOf('tea-svc', cluster.tea));
    await untilAnswered('GET https://cafe.example.com/tea', 'tea');
  });

  it('of a Service', async () => {
    await patch('service', 'tea-svc', { spec: { ports: [{ name: 'other', port: 81, targetPort: 'http' }] } });
    await untilAnswered('GET https://cafe.example.com/tea', '503');
    await patch('service', 'tea-svc', { spec: { ports: [{ name: 'http', port: 80, targetPort: 'http' }] } });
    await untilAnswered('GET https://cafe.example.com/tea', 'tea');
  });

  it('of a Secret, when it changes, goes and comes back', async () => {
    const names = async (): Promise<string> => (await asking('GET https://cafe.example.com/tea')).certificateNames;
    const before = await names();
    const pair = await makeCertificate({ hosts: ['cafe.example.com', 'renewed.example.com'] });
    const of = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cafe-secret' }, type: 'kubernetes.io/tls' };
    await cluster.apply({ ...of, stringData: { 'tls.crt': pair.certPem, 'tls.key': pair.keyPem } });
    await until(async () => (await names()).includes('renewed.example.com'));
    await kubectl('delete', 'secret', 'cafe-secret');
    await until(async () => !(await names()).includes('cafe.example.com'));
    await cluster.apply({ ...of, stringData: { 'tls.crt': pair.certPem, 'tls.key': pair.keyPem } });
    await until(async () => (await names()).includes('renewed.example.com'));
    expect(before).toContain('cafe.example.com');
  });

  it('of the ConfigMap', async () => {
    const hsts = async (): Promise<string | undefined> =>
      (await asking('GET https://cafe.example.com/tea')).headers['strict-transport-security'];
    expect(await hsts()).toContain('max-age');
    await kubectl(
      '-n',
      NAMESPACE,
      'patch',
      'configmap',
      'nginx-configuration',
      '--type=merge',
      '-p',
      '{"data":{"hsts":"false"}}',
    );
    await until(async () => (await hsts()) === undefined);
    await kubectl('-n', NAMESPACE, 'delete', 'configmap', 'nginx-configuration');
    await until(async () => (await hsts()) !== undefined);
  });

  it('of an IngressClass', async () => {
    await cluster.apply(anIngress('late', 'late.example.com', { spec: { ingressClassName: 'late' } }));
    const ingressClass = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'late' } };
    await cluster.apply({ ...ingressClass, spec: { controller: 'k8s.io/ingress-nginx' } });
    await untilAnswered('GET http://late.example.com/', 'tea');
    await kubectl('delete', 'ingressclass', 'late');
    await untilAnswered('GET http://late.example.com/', '404');
  });

  it('of an Ingress of the old annotation, and of none that is not ours', async () => {
    const annotations = { 'kubernetes.io/ingress.class': 'nginx' };
    await cluster.apply(
      anIngress('theirs', 'theirs.example.com', {
        metadata: { annotations: { 'kubernetes.io/ingress.class': 'other' } },
      }),
    );
    await cluster.apply(anIngress('legacy', 'legacy.example.com', { metadata: { annotations } }));
    await untilAnswered('GET http://legacy.example.com/', 'tea');
    expect(await backendOf('GET http://theirs.example.com/')).toBe('404');
    await kubectl('delete', 'ingress', 'legacy');
    await untilAnswered('GET http://legacy.example.com/', '404');
  });

  it('of the labels of a Namespace, for a controller that chooses by them', async () => {
    await kubectl('create', 'namespace', 'team');
    await cluster.apply(anIngress('chosen', 'chosen.example.com', { spec: { ingressClassName: 'nginx' } }), 'team');
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'tea-svc' } };
    await cluster.apply({ ...service, spec: { ports: [{ name: 'http', port: 80 }] } }, 'team');
    await cluster.apply(endpointsOf('tea-svc', cluster.tea), 'team');
    const choosing = await startApiController({
      kubeconfig: cluster.controllerKubeconfig,
      podName: 'controller-0',
      flags: ['--watch-namespace-selector=team=edge', '--update-status=false'],
    });
    const answer = async (): Promise<number> => (await ask(choosing, { ask: 'GET http://chosen.example.com/' })).status;
    try {
      await choosing.untilReady();
      expect(await answer()).toBe(404);
      await kubectl('label', 'namespace', 'team', 'team=edge');
      await until(async () => (await answer()) === 200);
      await kubectl('label', 'namespace', 'team', 'team-');
      await until(async () => (await answer()) === 404);
    } finally {
      await choosing.terminate();
    }
  });
});

describe('an API server that goes away', () => {
  it('takes no request with it, and what changed is live when it is back', async () => {
    const asked: string[] = [];
    const over = new AbortController();
    const traffic = (async () => {
      while (!over.signal.aborted) asked.push(await backendOf('GET https://cafe.example.com/tea'));
    })();
    await cluster.server.stopServer();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect([await controller.health('/healthz'), await controller.health('/readyz')]).toEqual([200, 200]);
    await cluster.server.startServer();
    expect(await controller.metrics()).toMatch(
      /^gatehouse_kube_failures_total\{kind="Ingress",reason="unreachable"\} [1-9]/m,
    );
    expect(await controller.metrics()).toMatch(/^gatehouse_kube_last_event_age_seconds\{kind="EndpointSlice"\} \d/m);
    await cluster.apply(endpointsOf('coffee-svc', cluster.tea));
    await untilAnswered('GET https://cafe.example.com/coffee', 'tea');
    over.abort();
    await traffic;
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter((answer) => answer !== 'tea')).toEqual([]);
  });
});
