/**
 * Duty: asking the API server for our own Pod, its replicas and their nodes.
 */
import { apiPath } from '../api-path.ts';
import { ask, hasStatus, type AskPorts } from '../ask.ts';
import { itemsAt, textAt } from '../json.ts';
import { parsePod, planReplicaSelector, type PodFacts } from './pods.ts';
import type { NodeAddress } from './plan-publish-addresses.ts';

/** Names a Pod: our own. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

const PODS = { root: 'api/v1', plural: 'pods' };
const NODES = { root: 'api/v1', plural: 'nodes' };
const PAGE_SIZE = '500';
/** More than any workload has; it bounds what a server that never ends its list can make of us. */
const MOST_PAGES = 20;

/** Our own Pod. Throws a KubeApiError, also when `signal` gives it up. */
export async function readOwnPod(ports: AskPorts, pod: PodName, signal?: AbortSignal): Promise<PodFacts> {
  return parsePod(await ask(ports, { path: apiPath(PODS, pod), ...(signal === undefined ? {} : { signal }) }));
}

/** All Pods with our labels, ourselves among them. Throws a KubeApiError. */
export async function listReplicas(ports: AskPorts, pod: PodName, own: PodFacts): Promise<readonly PodFacts[]> {
  const selector = planReplicaSelector(own);
  if (selector === undefined) return [own];
  const pods: PodFacts[] = [];
  let continuation = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await ask(ports, {
      path: apiPath(PODS, { namespace: pod.namespace }),
      query: {
        labelSelector: selector,
        limit: PAGE_SIZE,
        ...(continuation === '' ? {} : { continue: continuation }),
      },
    });
    pods.push(...itemsAt(answer, 'items').map(parsePod));
    continuation = textAt(answer, 'metadata', 'continue');
    if (continuation === '') break;
  }
  return pods;
}

/** The addresses of each node; of one that is gone, none. Throws a KubeApiError. */
export async function readNodes(
  ports: AskPorts,
  names: readonly string[],
): Promise<readonly (readonly NodeAddress[])[]> {
  const nodes: (readonly NodeAddress[])[] = [];
  // One after another: a DaemonSet has as many as the cluster, and nobody waits for them.
  for (const name of names) nodes.push(await readNode(ports, name));
  return nodes;
}

async function readNode(ports: AskPorts, name: string): Promise<readonly NodeAddress[]> {
  try {
    const node = await ask(ports, { path: apiPath(NODES, { name }) });
    return itemsAt(node, 'status', 'addresses').map((each) => ({
      type: textAt(each, 'type'),
      address: textAt(each, 'address'),
    }));
  } catch (error) {
    if (hasStatus(error, 404)) return [];
    throw error;
  }
}
