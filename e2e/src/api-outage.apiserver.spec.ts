import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  makeCertificate,
  startTcpProxy,
  systemClock,
  until,
  type CertificatePair,
  type TcpProxy,
} from '@gatehouse/testing';
import { ask } from './harness/ask.ts';
import { makePod, startApiController, type ApiController } from './harness/api-controller.ts';
import { endpointsOf, startCafeCluster, type CafeCluster } from './harness/cafe-cluster.ts';
import type { EchoBackend } from './harness/echo-backend.ts';
import { startLoad } from './harness/load.ts';

/** So long the API server is away when this is given; 600 is the outage of the promise. */
const GIVEN_S = process.env['GATEHOUSE_OUTAGE_SECONDS'];
const lengthOf = (seconds: number): number => Number(GIVEN_S ?? seconds);
/** Attempts fail at once, or after the 5 s of a connection; waits between them are at their longest after 20 s. */
const REFUSED_S = lengthOf(25);
/** Connections that are silent are found dead after 40 s. */
const SILENT_S = lengthOf(60);
/** The promise: what was changed meanwhile is live within this. */
const LIVE_MS = 10_000;
/** As many as a load may have in all, over the longest outage. */
const PER_SECOND = Math.min(100, Math.floor(39_000 / (SILENT_S + 20)));

let cluster: CafeCluster;
let wire: TcpProxy;
let controller: ApiController;

beforeAll(async () => {
  cluster = await startCafeCluster();
  await makePod(cluster.server, 'controller-0');
  wire = await startTcpProxy(cluster.server.port);
  controller = await startApiController({
    kubeconfig: cluster.controllerKubeconfig,
    podName: 'controller-0',
    flags: [`--apiserver-host=https://127.0.0.1:${wire.port}`, '--publish-service=$(POD_NAMESPACE)/ingress-nginx'],
  });
  await controller.untilReady();
  await cluster.apply(anIngress('steady', 'tea-svc'));
  await until(async () => (await backendOf('steady')) === 'tea');
}, 120_000);

afterAll(async () => {
  await controller.terminate();
  await wire.close();
  await cluster.close();
});

const hostOf = (name: string): string => `${name}.example.com`;

async function backendOf(name: string): Promise<string> {
  const { status, body } = await ask(controller, { ask: `GET http://${hostOf(name)}/` });
  return status === 200 ? (JSON.parse(body) as { backend: string }).backend : String(status);
}

async function namesOf(name: string): Promise<string> {
  return (await ask(controller, { ask: `GET https://${hostOf(name)}/` })).certificateNames;
}

function anIngress(name: string, service: string, more: object = {}): object {
  const backend = { service: { name: service, port: { number: 80 } } };
  const rules = [{ host: hostOf(name), http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  const kind = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
  return { ...kind, metadata: { name }, spec: { ingressClassName: 'nginx', rules, ...more } };
}

function aService(name: string): object {
  const spec = { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

function aSecret(of: string, { certPem, keyPem }: CertificatePair): object {
  const head = { apiVersion: 'v1', kind: 'Secret', metadata: { name: `${of}-tls` }, type: 'kubernetes.io/tls' };
  return { ...head, stringData: { 'tls.crt': certPem, 'tls.key': keyPem } };
}

const certificateFor = (of: string, age: 'old' | 'renewed'): Promise<CertificatePair> =>
  makeCertificate({ hosts: [hostOf(`${of}-secret`), hostOf(age)] });

/** What there is before an outage, each thing with a name of that outage. */
async function prepare(of: string, backend: EchoBackend): Promise<void> {
  await cluster.apply(aSecret(of, await certificateFor(of, 'old')));
  const tls = [{ hosts: [hostOf(`${of}-secret`)], secretName: `${of}-tls` }];
  await cluster.apply(anIngress(`${of}-secret`, 'tea-svc', { tls }));
  await cluster.apply(aService(`${of}-svc`));
  await cluster.apply(endpointsOf(`${of}-svc`, backend));
  await cluster.apply(anIngress(`${of}-moved`, `${of}-svc`));
  await cluster.apply(anIngress(`${of}-gone`, 'tea-svc'));
  await until(async () => (await backendOf(`${of}-moved`)) === 'tea' && (await backendOf(`${of}-gone`)) === 'tea');
  await until(async () => (await namesOf(`${of}-secret`)).includes(hostOf('old')));
}

/** A new route, endpoints that move, a route that goes, and a Secret, which is asked for by name, that is renewed. */
async function change(of: string): Promise<void> {
  await cluster.apply(aSecret(of, await certificateFor(of, 'renewed')));
  await cluster.apply(anIngress(`${of}-new`, 'tea-svc'));
  await cluster.apply(endpointsOf(`${of}-svc`, cluster.coffee));
  await cluster.server.kubectl(['delete', 'ingress', `${of}-gone`]);
}

async function isLive(of: string): Promise<boolean> {
  const [made, moved, gone] = await Promise.all(['new', 'moved', 'gone'].map((what) => backendOf(`${of}-${what}`)));
  const isRenewed = (await namesOf(`${of}-secret`)).includes(hostOf('renewed'));
  return made === 'tea' && moved === 'coffee' && gone === '404' && isRenewed;
}

interface Outage {
  /** Resolves when the server is away for the controller. */
  begin(): Promise<void>;
  /** Resolves when it is back. */
  end(): Promise<void>;
}

const outages: readonly (readonly [seconds: number, name: string, of: string, outage: Outage])[] = [
  [
    REFUSED_S,
    'resets all connections',
    'reset',
    {
      async begin() {
        wire.isBlocked = true;
        wire.cut();
      },
      async end() {
        wire.isBlocked = false;
      },
    },
  ],
  [
    SILENT_S,
    'is silent on all connections, and on each that is made',
    'silent',
    {
      async begin() {
        wire.isDeaf = true;
        wire.goSilent();
      },
      async end() {
        wire.isDeaf = false;
      },
    },
  ],
  [
    REFUSED_S,
    'is another process when it comes back',
    'killed',
    {
      begin: () => cluster.server.stopServer(),
      end: () => cluster.server.startServer(),
    },
  ],
];

describe('an API server that is away', () => {
  it.each(outages)(
    'for %d s and %s: no request is lost, and what was changed meanwhile is live soon after',
    async (seconds, name, of, outage) => {
      await prepare(of, cluster.tea);
      const listsBefore = await listsOf();
      const gate = { ...controller, address: '127.0.0.1' };
      const load = startLoad({ gate, host: hostOf('steady'), path: '/', perSecond: PER_SECOND, connections: 'new' });
      await load.during(2);
      await outage.begin();
      // Nobody can change anything at a server that does not run.
      if (of !== 'killed') await change(of);
      await load.during(seconds);
      expect(await namesOf(`${of}-secret`)).toContain(hostOf('old'));
      const [ready, alive] = [await controller.health('/readyz'), await controller.health('/healthz')];
      await outage.end();
      const beganMs = systemClock.monotonicMs();
      if (of === 'killed') await change(of);
      await until(() => isLive(of));
      const liveMs = Math.round(systemClock.monotonicMs() - beganMs);
      await load.during(2);
      const { requests, failures } = await load.stop();
      const lists = (await listsOf()) - listsBefore;
      console.log(
        `API server ${name}: ${requests} requests, lost ${JSON.stringify(failures)}; live after ${liveMs} ms, ${lists} lists`,
      );
      expect([failures, ready, alive]).toEqual([{}, 200, 200]);
      expect(liveMs).toBeLessThan(LIVE_MS);
      await until(async () => (await statusOf(`${of}-new`)) !== '');
    },
    (SILENT_S + 90) * 1000,
  );
});

/** Whole lists that were read so far, of all kinds. */
async function listsOf(): Promise<number> {
  const lines = (await controller.metrics()).matchAll(/^gatehouse_kube_lists_total\{.*\} (\d+)$/gm);
  return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
}

function statusOf(name: string): Promise<string> {
  return cluster.server.kubectl(['get', 'ingress', name, '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}']);
}
