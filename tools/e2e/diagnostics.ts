import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WORKSPACE_ROOT } from '../test/suites.ts';
import { kubectl, type Cluster } from './cluster.ts';
import { capture } from './programs.ts';

const DIRECTORY = join(WORKSPACE_ROOT, 'dist/e2e-diagnostics');
const NAMESPACE = 'ingress-nginx';
/** Of one log; enough for what led to a failure. */
const LOG_LINES = 2000;

/** File name → arguments of kubectl. */
const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  'pods.txt': ['get', 'pods', '-A', '-o', 'wide'],
  'objects.txt': ['get', 'ingresses,services,endpointslices,ingressclasses,leases,configmaps', '-A', '-o', 'wide'],
  'ingresses.yaml': ['get', 'ingresses', '-A', '-o', 'yaml'],
  'events.txt': ['get', 'events', '-A', '--sort-by', '.metadata.creationTimestamp'],
  'describe-pods.txt': ['describe', 'pods', '-n', NAMESPACE],
  'describe-nodes.txt': ['describe', 'nodes'],
};

/** Writes down what the cluster looks like; returns where. Never throws: what cannot be had is told in its file. */
export async function collectDiagnostics(cluster: Cluster): Promise<string> {
  rmSync(DIRECTORY, { recursive: true, force: true });
  mkdirSync(DIRECTORY, { recursive: true });
  const ask = async (file: string, args: readonly string[]): Promise<string> => {
    const { output } = await capture(kubectl(cluster, ['--request-timeout=20s', ...args]));
    writeFileSync(join(DIRECTORY, file), output);
    return output;
  };
  await Promise.all(Object.entries(QUESTIONS).map(([file, args]) => ask(file, args)));
  const pods = await ask('pods-of-ours.txt', ['get', 'pods', '-n', NAMESPACE, '-o', 'name']);
  for (const pod of pods.split('\n').filter((line) => line.startsWith('pod/'))) {
    const name = pod.slice('pod/'.length);
    const logs = ['logs', '-n', NAMESPACE, pod, '--all-containers', '--prefix', `--tail=${LOG_LINES}`];
    await ask(`${name}.log`, logs);
    await ask(`${name}.previous.log`, [...logs, '--previous']);
    if (name.startsWith('ingress-nginx-controller-')) await keepConfig(cluster, name);
  }
  return DIRECTORY;
}

/** The configuration that the Pod runs. Its containers need have no shell, so nginx itself prints it. */
async function keepConfig(cluster: Cluster, pod: string): Promise<void> {
  const file = '/run/gatehouse/config/current/nginx.conf';
  const args = ['exec', '-n', NAMESPACE, pod, '-c', 'proxy', '--', 'nginx', '-T', '-c', file];
  const { output } = await capture(kubectl(cluster, args));
  writeFileSync(join(DIRECTORY, `${pod}.nginx.conf`), output);
}
