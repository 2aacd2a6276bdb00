import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startCafeCluster, type CafeCluster } from './harness/cafe-cluster.ts';

const MAIN = join(import.meta.dirname, '../../apps/cli/src/main.ts');

let cluster: CafeCluster;

beforeAll(async () => {
  cluster = await startCafeCluster();
}, 120_000);
afterAll(() => cluster.close());

function run(...argv: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...argv], (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('gatehouse check, of a live cluster', () => {
  it('finds nothing where nothing is wrong', async () => {
    expect(await run('check', `--kubeconfig=${cluster.server.adminKubeconfig}`)).toEqual({
      exitCode: 0,
      stdout: '0 errors, 0 warnings in 1 Ingress\n',
      stderr: '',
    });
  });

  it('finds what is wrong, a Secret and endpoints that are missing among it', async () => {
    await cluster.server.kubectl(['delete', 'secret', 'cafe-secret']);
    await cluster.server.kubectl(['delete', 'endpointslice', 'tea-svc-1']);
    const { exitCode, stdout } = await run(
      'check',
      `--kubeconfig=${cluster.server.adminKubeconfig}`,
      '--fail-on=warning',
    );
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Ingress default/cafe-ingress: spec.tls[0]');
    expect(stdout).toContain('(SecretMissing)');
    expect(stdout).toContain('(ServiceHasNoEndpoints)');
  });

  it('needs no more rights than the controller has', async () => {
    const { exitCode, stdout } = await run('check', `--kubeconfig=${cluster.controllerKubeconfig}`);
    expect({ exitCode, stdout }).toMatchObject({ stdout: expect.stringContaining('in 1 Ingress') });
  });

  it('says why a cluster cannot be read', async () => {
    const nobody = await cluster.server.kubeconfigFor('nobody');
    expect(await run('check', `--kubeconfig=${nobody}`)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(/^gatehouse check: the cluster: .*401/),
    });
    const gone = `${nobody}-gone`;
    await writeFile(gone, '');
    expect(await run('check', `--kubeconfig=${gone}`)).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await run('check', '--apiserver-host=http://127.0.0.1:1')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('takes files or a cluster, not both', async () => {
    const { exitCode, stderr } = await run('check', `--kubeconfig=${cluster.server.adminKubeconfig}`, '-f', '.');
    expect([exitCode, stderr.split('\n')[0]]).toEqual([2, 'gatehouse check: -f: give either files or a cluster']);
  });
});

describe('gatehouse render, of a live cluster', () => {
  it('prints the nginx.conf', async () => {
    const { exitCode, stdout } = await run('render', `--kubeconfig=${cluster.server.adminKubeconfig}`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('server_name cafe.example.com;');
  });
});

describe('gatehouse policy, of a live cluster', () => {
  const manifest = (owners: string): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: policy, namespace: default }
data:
  host-ownership: audit
  host-owners: 'example.com: ${owners}'
`;

  it('reports by a file that is not applied, by labels of the cluster, and by the ConfigMap that is', async () => {
    const admin = `--kubeconfig=${cluster.server.adminKubeconfig}`;
    const file = `${cluster.server.adminKubeconfig}-policy.yaml`;
    await writeFile(file, manifest('{team=cafe}'));
    const found = await run('policy', 'report', admin, `--policy=${file}`);
    expect(found).toMatchObject({ exitCode: 1, stderr: '' });
    expect(found.stdout).toMatch(
      /^Namespace default: 1 host in 1 Ingress\n {2}Ingress default\/cafe-ingress: .* nobody/,
    );

    await cluster.server.kubectl(['label', 'namespace', 'default', 'team=cafe']);
    expect(await run('policy', 'report', admin, `--policy=${file}`)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Nobody uses a host of others\. 1 Ingress with 1 host looked at/),
    });

    await writeFile(file, manifest('nobody-else'));
    const applied = ['policy', 'report', admin, '--policy-configmap=default/policy'];
    expect((await run(...applied)).stderr).toContain('there is no ConfigMap "default/policy"');
    await cluster.server.kubectl(['apply', '-f', file]);
    expect((await run(...applied)).stdout).toContain('belongs to namespace nobody-else');
  });

  it('suggests a policy for what is there', async () => {
    const { exitCode, stdout } = await run('policy', 'suggest', `--kubeconfig=${cluster.server.adminKubeconfig}`);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('\n    cafe.example.com: default\n')]);
  });
});
