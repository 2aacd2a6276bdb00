/**
 * Duty: the cluster that `npm run e2e` has made, with the deployment in it: kubectl, containers of the node, where nginx
 * answers.
 */
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { GatePorts } from './ask.ts';

export interface KindCluster {
  readonly kubeconfig: string;
  /** The node's address on this machine. */
  readonly address: string;
  /** Standard output. Throws with standard error when kubectl fails. */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  /** The answer of `kubectl get … -o json`. */
  get<T>(...args: readonly string[]): Promise<T>;
  /** Runs a program on the node. */
  onNode(args: readonly string[]): Promise<string>;
  /** Where the NodePorts of the controller's Service answer. */
  gate(): Promise<Required<GatePorts>>;
}

/** The namespace of the deployment. */
export const NAMESPACE = 'ingress-nginx';

interface Described {
  readonly kubeconfig: string;
  readonly node: string;
  readonly address: string;
}

export function kindCluster(): KindCluster {
  const text = process.env['GATEHOUSE_KIND_CLUSTER'];
  if (text === undefined) throw new Error('there is no cluster: npm run e2e makes one for these suites');
  const { kubeconfig, node, address } = JSON.parse(text) as Described;
  const kubectl: KindCluster['kubectl'] = (args, stdin) =>
    run('kubectl', [`--kubeconfig=${kubeconfig}`, ...args], stdin);
  const get: KindCluster['get'] = async <T>(...args: readonly string[]) =>
    JSON.parse(await kubectl(['get', ...args, '-o', 'json'])) as T;
  return {
    kubeconfig,
    address,
    kubectl,
    get,
    onNode: (args) => run('docker', ['exec', node, ...args]),
    async gate() {
      const { spec } = await get<ServiceWithPorts>('service', 'ingress-nginx', '-n', NAMESPACE);
      const portOf = (name: string): number => spec.ports.find((port) => port.name === name)?.nodePort ?? 0;
      return { address, httpPort: portOf('http'), httpsPort: portOf('https') };
    },
  };
}

interface ServiceWithPorts {
  readonly spec: { readonly ports: readonly { readonly name: string; readonly nodePort: number }[] };
}

function run(program: string, args: readonly string[], stdin = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${program} ${args.join(' ')}: ${err.trim()}`));
    });
    child.stdin.on('error', () => undefined).end(stdin);
  });
}

const POLL_MS = 100;

/** Tries until `attempt` does not throw; throws what it threw last when that takes longer than `limitMs`. */
export async function eventually<T>(attempt: () => Promise<T>, limitMs = 15_000): Promise<T> {
  const deadlineMs = performance.now() + limitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await delay(POLL_MS);
    }
  }
}
