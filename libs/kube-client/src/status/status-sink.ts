/**
 * Duty: writing addresses into the status of an Ingress at the API server, and into nothing else of it. Must not know
 * which addresses are right, nor who leads.
 */
import { describeObject } from '@gatehouse/core';
import { isSameAddresses, parseObject, type Ingress, type StatusAddress } from '@gatehouse/kube-model';
import type { Clock, Logger, StatusSink } from '@gatehouse/pipeline';
import { apiPath } from '../api-path.ts';
import { ask, hasStatus, MERGE_PATCH } from '../ask.ts';
import type { KubeApi, KubeApiError } from '../kube-api.ts';

export interface KubeStatusSinkOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asked right before each request, also after a wait: whether it is still ours, since a lost leadership may be younger. */
  readonly isAllowed: () => boolean;
}

/** So many times somebody else may be faster. */
const MOST_ATTEMPTS = 4;

const INGRESSES = { root: 'apis/networking.k8s.io/v1', plural: 'ingresses' };

/**
 * A sink for Ingresses that were read from the same server. A write is a patch of the form that the plan was made from and
 * of no other; when there is a newer one, it is compared again, and left to the plan that follows from it where that may
 * come to something else. Needs the verb `patch` on `ingresses/status` and no other: a patch that changes nothing reads.
 */
export function createKubeStatusSink(options: KubeStatusSinkOptions): StatusSink {
  return { write: (ingress, addresses) => writeStatus(options, ingress, addresses) };
}

async function writeStatus(
  options: KubeStatusSinkOptions,
  ingress: Ingress,
  addresses: readonly StatusAddress[],
): Promise<void> {
  let newest: Ingress | undefined = ingress;
  let conflict: KubeApiError | undefined;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    if (!options.isAllowed() || isSameAddresses(newest.statusAddresses, addresses)) return;
    try {
      await patchStatus(options, ingress, {
        metadata: { resourceVersion: newest.resourceVersion },
        status: { loadBalancer: { ingress: addresses } },
      });
      return;
    } catch (error) {
      if (hasStatus(error, 404) || !options.isAllowed()) return;
      if (!hasStatus(error, 409)) throw error;
      conflict = error;
    }
    newest = await readNewest(options, ingress);
    if (newest === undefined) return;
  }
  throw new Error(`${describeObject(ingress.ref)} changes faster than its status can be written`, { cause: conflict });
}

/** Undefined when it is gone, another one by now, or perhaps no longer ours. */
async function readNewest(options: KubeStatusSinkOptions, ingress: Ingress): Promise<Ingress | undefined> {
  try {
    const reading = parseObject(await patchStatus(options, ingress, {}));
    const [object] = reading.kind === 'ours' ? reading.objects : [];
    if (object?.kind === 'Ingress' && isTheSame(object, ingress)) return object;
    options.logger.debug('The status of an Ingress that changed meanwhile is left to the next round', {
      object: describeObject(ingress.ref),
    });
  } catch (error) {
    if (!hasStatus(error, 404) && options.isAllowed()) throw error;
  }
  return undefined;
}

async function patchStatus(options: KubeStatusSinkOptions, { ref }: Ingress, body: unknown): Promise<unknown> {
  return ask(
    options,
    {
      method: 'PATCH',
      path: apiPath(INGRESSES, { namespace: ref.namespace, name: ref.name, subresource: 'status' }),
      body,
      contentType: MERGE_PATCH,
    },
    options.isAllowed,
  );
}

/** Whether it is the very object, with the class that the plan was made for. */
function isTheSame(a: Ingress, b: Ingress): boolean {
  return a.uid === b.uid && a.className === b.className && legacyClassOf(a) === legacyClassOf(b);
}

function legacyClassOf({ annotations }: Ingress): string | undefined {
  return annotations.get('kubernetes.io/ingress.class');
}
