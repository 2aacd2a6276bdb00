import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiServer, until, type ApiServer } from '@gatehouse/testing';
import { startGate, type Gate } from './harness/gate.ts';
import {
  anIngress,
  kubectl,
  registerWebhook,
  type KubectlAnswer,
  type RegisteredWebhook,
} from './harness/registered-webhook.ts';

const BODY_SIZE = 'nginx.ingress.kubernetes.io/proxy-body-size';
const BAD = { annotations: { [BODY_SIZE]: 'much' } };
const HOOK = 'ingresses.admission.gatehouse';

let server: ApiServer;
let webhook: RegisteredWebhook;

beforeAll(async () => {
  server = await startApiServer();
  webhook = await registerWebhook(server);
  await server.kubectl(['create', 'service', 'clusterip', 'tea-svc', '--tcp=80']);
}, 120_000);
afterAll(async () => {
  await webhook.close();
  await server.stop();
});

const create = (object: object): Promise<KubectlAnswer> => kubectl(server, ['create', '-f', '-'], object);

/** What the rest of a cluster does all day; each must go through. */
async function expectOthersAdmitted(): Promise<void> {
  const dryRun = '--dry-run=server';
  const others = [
    ['service', 'clusterip', 'plain', '--tcp=80'],
    ['service', 'externalname', 'outside', '--external-name=example.com'],
    ['configmap', 'any'],
    ['configmap', 'tcp-services', '--namespace=ingress-nginx'],
    ['deployment', 'web', '--image=example.com/web:1'],
    ['secret', 'generic', 'some', '--from-literal=a=b'],
    ['namespace', 'new'],
    ['ingress', 'foreign', '--class=other', '--rule=foreign.example.com/=tea-svc:80'],
    ['ingress', 'system', '--class=nginx', '--namespace=kube-system', '--rule=system.example.com/=tea-svc:80'],
  ];
  for (const args of others) {
    expect([args, await kubectl(server, ['create', ...args, dryRun])]).toEqual([
      args,
      expect.objectContaining({ succeeded: true, err: '' }),
    ]);
  }
}

describe('as it is deployed, while the webhook is away', () => {
  let gate: Gate | undefined;
  beforeAll(async () => {
    await webhook.register('base');
    await webhook.stop();
  });
  afterAll(async () => {
    await gate?.close();
    await server.kubectl(['delete', 'ingress', '--all']);
    await webhook.start();
  });

  it('everything goes through', async () => {
    await expectOthersAdmitted();
    expect(await create(anIngress('bad', { ...BAD, path: '/bad' }))).toMatchObject({ succeeded: true });
    expect(await create(anIngress('twice', { host: 'bad.example.com', path: '/bad' }))).toMatchObject({
      succeeded: true,
    });
  });

  it('the controller tells of each what the webhook would have refused it for', async () => {
    gate = await startGate({ kubeconfig: server.adminKubeconfig });
    const told = gate.problems().map(({ object, code, message }) => `${object.name}: ${code} ${message}`);
    expect(told).toContainEqual(
      'bad: AnnotationInvalid "much" is not a size such as 8m, at most 1048576g, or 0 for no limit',
    );
    expect(told).toContainEqual(expect.stringMatching(/^twice: PathConflict .* belongs to Ingress default\/bad/));
  });
});

describe('with the component strict-admission, while the webhook is away', () => {
  beforeAll(async () => {
    await webhook.register('overlays/strict');
    await webhook.stop();
  });

  it('an Ingress of our class waits, and is told why', async () => {
    const { succeeded, err } = await create(anIngress('good'));
    expect(succeeded).toBe(false);
    expect(err).toMatch(/Error from server \(InternalError\): .*Internal error occurred: failed calling webhook/);
    expect(err).toContain(`failed calling webhook "${HOOK}"`);
    expect(err).toContain('connection refused');
    expect((await create(anIngress('classless', { className: null }))).err).toContain(HOOK);
  });

  it('nothing else in the cluster notices', expectOthersAdmitted);

  it('can be lifted in an emergency, as docs/install.md tells, and comes back with the next apply', async () => {
    const patch = JSON.stringify([{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }]);
    const name = 'validatingwebhookconfiguration/ingress-nginx-admission';
    await server.kubectl(['patch', name, '--type=json', '--patch', patch]);
    await until(async () => (await create(anIngress('urgent'))).succeeded);
  });

  it('judges again as soon as the webhook is back', async () => {
    await webhook.start();
    await until(async () => (await create(anIngress('bad', BAD))).err.includes('denied the request'));
    expect(await create(anIngress('good'))).toMatchObject({ succeeded: true, err: '' });
  });
});
