import { join } from 'node:path';
import { capture, type Command, type Outcome } from './programs.ts';

/** A kind cluster of one node, on this machine. */
export interface Cluster {
  readonly name: string;
  /** File that leads kubectl to it. */
  readonly kubeconfig: string;
  /** The node's container. */
  readonly node: string;
  /** The node's address on this machine; NodePorts answer there. */
  readonly address: string;
}

export interface ClusterPlan {
  readonly name: string;
  readonly nodeImage: string;
  /** Directory for the kubeconfig. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** Makes a cluster. Throws with what kind said; what it has begun is still there then. */
export async function createCluster({ name, nodeImage, directory, signal }: ClusterPlan): Promise<Cluster> {
  const kubeconfig = join(directory, `${name}.kubeconfig`);
  const args = [
    'create',
    'cluster',
    '--name',
    name,
    '--image',
    nodeImage,
    '--kubeconfig',
    kubeconfig,
    '--wait',
    '120s',
  ];
  await succeed(capture, { program: 'kind', args, signal });
  return { name, kubeconfig, ...(await nodeOf(name)) };
}

/** A cluster that is there already. */
export async function findCluster({ name, directory }: ClusterPlan): Promise<Cluster> {
  const kubeconfig = join(directory, `${name}.kubeconfig`);
  await succeed(capture, {
    program: 'kind',
    args: ['export', 'kubeconfig', '--name', name, '--kubeconfig', kubeconfig],
  });
  return { name, kubeconfig, ...(await nodeOf(name)) };
}

async function nodeOf(name: string): Promise<Pick<Cluster, 'node' | 'address'>> {
  const node = `${name}-control-plane`;
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
  const { output } = await succeed(capture, { program: 'docker', args: ['inspect', '--format', format, node] });
  const [address = ''] = output.trim().split(' ');
  if (address === '') throw new Error(`the node ${node} has no address`);
  return { node, address };
}

/** Deletes it, whatever state it is in. */
export async function deleteCluster(name: string): Promise<void> {
  const { exitCode, output } = await capture({ program: 'kind', args: ['delete', 'cluster', '--name', name] });
  if (exitCode !== 0) console.error(`the cluster ${name} could not be deleted: ${output.trim()}`);
}

/** Puts images of this machine's Docker onto the node. */
export async function loadImages({ name }: Cluster, images: readonly string[], signal: AbortSignal): Promise<void> {
  await succeed(capture, { program: 'kind', args: ['load', 'docker-image', '--name', name, ...images], signal });
}

/** kubectl on the cluster. */
export function kubectl({ kubeconfig }: Cluster, args: readonly string[]): Pick<Command, 'program' | 'args'> {
  return { program: 'kubectl', args: ['--kubeconfig', kubeconfig, ...args] };
}

/** Throws, with what the program said, when it fails. */
export async function succeed(how: typeof capture, command: Command): Promise<Outcome> {
  const outcome = await how(command);
  if (outcome.exitCode === 0) return outcome;
  const line = [command.program, ...command.args].join(' ');
  throw new Error(`${line}: exit code ${outcome.exitCode}\n${outcome.output}`.trim());
}
