/**
 * Duty: the Pods of the controller in a cluster, and their containers on the node.
 */
import { NAMESPACE, type KindCluster } from './kind-cluster.ts';

export interface ControllerPod {
  readonly name: string;
  /** By container. */
  readonly restarts: Readonly<Record<string, number>>;
  /** When each container was last started. */
  readonly started: Readonly<Record<string, number>>;
}

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
    readonly status: {
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
      readonly containerStatuses?: readonly {
        readonly name: string;
        readonly restartCount: number;
        readonly state: { readonly running?: { readonly startedAt: string } };
      }[];
    };
  }[];
}

/** Those that are ready and not about to end, by name. */
export async function controllerPods(cluster: KindCluster): Promise<readonly ControllerPod[]> {
  const list = await cluster.get<PodList>('pods', '-n', NAMESPACE, '-l', 'app.kubernetes.io/component=controller');
  return list.items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .filter(({ status }) => status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'))
    .map(({ metadata, status }) => {
      const containers = status.containerStatuses ?? [];
      const startOf = (at: string | undefined): number => (at === undefined ? 0 : Date.parse(at));
      return {
        name: metadata.name,
        restarts: Object.fromEntries(containers.map(({ name, restartCount }) => [name, restartCount])),
        started: Object.fromEntries(containers.map(({ name, state }) => [name, startOf(state.running?.startedAt)])),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export interface ContainerName {
  readonly namespace?: string;
  readonly pod: string;
  readonly container: string;
}

interface PodStatus {
  readonly status: {
    readonly containerStatuses: readonly { readonly name: string; readonly containerID?: string }[];
  };
}

/** Process ids of a container, as the node sees them, the first started first. */
export async function processesOf(cluster: KindCluster, name: ContainerName): Promise<readonly number[]> {
  const { namespace = NAMESPACE, pod, container } = name;
  const { status } = await cluster.get<PodStatus>('pod', pod, '-n', namespace);
  const found = status.containerStatuses.find((each) => each.name === container);
  const id = found?.containerID?.replace(/^.*:\/\//, '') ?? '';
  if (!/^[0-9a-f]{64}$/.test(id)) throw new Error(`${pod} has no running container ${container}`);
  // A process that ends meanwhile is no error.
  const files = await cluster.onNode(['sh', '-c', `grep -ls ${id} /proc/[0-9]*/cgroup; true`]);
  const ids = [...files.matchAll(/^\/proc\/(\d+)\//gm)].map(([, pid]) => Number(pid)).sort((a, b) => a - b);
  if (ids.length === 0) throw new Error(`no process runs in ${container} of ${pod}`);
  return ids;
}

/** Ends all processes of a container at once, as if it had crashed. */
export async function killContainer(cluster: KindCluster, name: ContainerName): Promise<void> {
  const pids = await processesOf(cluster, name);
  await cluster.onNode(['sh', '-c', `kill -9 ${pids.join(' ')} 2>/dev/null; true`]);
}
