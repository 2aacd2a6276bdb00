import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate, startApiServer, type ApiServer } from '@gatehouse/testing';
import { blocksOf } from './harness/page-commands.ts';
import { anIngress, kubectl, registerWebhook, type RegisteredWebhook } from './harness/registered-webhook.ts';

/** The two files that docs/install.md shows. */
const [CONFIGURATION = '', KUBECONFIG = ''] = blocksOf('docs/install.md', 'yaml').filter((block) =>
  /kind: (AdmissionConfiguration|Config)$/m.test(block),
);
const AS_SHOWN = '/etc/kubernetes/gatehouse';
const SERVICE = 'ingress-nginx-admission.ingress-nginx.svc';

let directory = '';
let server: ApiServer;
let webhook: RegisteredWebhook;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gate-client-'));
  const write = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text, { mode: 0o600 });
  const authority = await makeCertificate({ hosts: ['clients'], usage: 'ca' });
  const client = await makeCertificate({ hosts: ['kube-apiserver'], ca: authority });
  await write('ca.crt', authority.certPem);
  await write('client.crt', client.certPem);
  await write('client.key', client.keyPem);
  expect(KUBECONFIG).toContain(`- name: ${SERVICE}\n`);
  await write('admission.yaml', CONFIGURATION.replaceAll(AS_SHOWN, directory));
  // There is no Service here: the webhook has an address of this machine, and any port.
  await write('client.yaml', KUBECONFIG.replaceAll(AS_SHOWN, directory).replace(SERVICE, "'*'"));
  server = await startApiServer({ flags: [`--admission-control-config-file=${join(directory, 'admission.yaml')}`] });
  webhook = await registerWebhook(server, {
    flags: [`--client-ca-file=${join(directory, 'ca.crt')}`, '--client-names=kube-apiserver'],
  });
  await webhook.register('overlays/strict');
  await server.kubectl(['create', 'service', 'clusterip', 'tea-svc', '--tcp=80']);
}, 120_000);

afterAll(async () => {
  await webhook.close();
  await server.stop();
  await rm(directory, { recursive: true });
});

describe('a webhook that answers those alone whom an authority vouches for', () => {
  it('answers an API server with such a certificate, by the files that docs/install.md shows', async () => {
    const bad = anIngress('bad', { annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': 'much' } });
    expect((await kubectl(server, ['create', '-f', '-'], bad)).err).toContain('denied the request');
    const good = await kubectl(server, ['create', '-f', '-'], anIngress('good'));
    expect(good).toMatchObject({ succeeded: true, err: '' });
  });

  it('answers nobody else', async () => {
    const review = { uid: 'u', kind: { group: '', version: 'v1', kind: 'Service' }, operation: 'CREATE', object: {} };
    await expect(webhook.judge(review)).rejects.toThrow('403 a client certificate is needed');
  });
});
