/**
 * Duty: what a case of the corpus is judged with: the objects that exist, and the flags of the controller.
 */
import { parseFlags } from '@gatehouse/flags';
import { ObjectStore, parseObjects, type Snapshot } from '@gatehouse/kube-model';
import { routingFlags, routingOptionsForCluster, type RoutingOptions } from '@gatehouse/routing';
import type { CorpusCase, CorpusObject } from './corpus-case.ts';

/** The ConfigMaps that the usual flags name. */
const USUAL_FLAGS = [
  '--configmap=ingress-nginx/ingress-nginx-controller',
  '--tcp-services-configmap=ingress-nginx/tcp-services',
  '--udp-services-configmap=ingress-nginx/udp-services',
  '--policy-configmap=ingress-nginx/ingress-nginx-policy',
];

/** What the flags of a case say. */
export function routingOptionsOf({ flags }: Pick<CorpusCase, 'flags'>): RoutingOptions {
  const command = { name: 'corpus', summary: '', flags: routingFlags };
  const invocation = parseFlags(command, { argv: [...USUAL_FLAGS, ...flags], env: {} });
  if (!invocation.ok) throw new Error(invocation.error.join('\n'));
  if (invocation.value.kind === 'help') throw new Error('a case cannot ask for help');
  const options = routingOptionsForCluster(invocation.value.values);
  if (!options.ok) throw new Error(options.error.join('\n'));
  return options.value;
}

/** The snapshot of these objects as a controller reads them. */
export function snapshotOfJson(objects: readonly CorpusObject[]): Snapshot {
  const readings = objects
    .flatMap((object) => parseObjects(object))
    .flatMap(({ reading }) => (reading.kind === 'ours' ? [reading] : []));
  const store = new ObjectStore();
  store.replaceAll(
    readings.flatMap((reading) => reading.objects),
    readings.flatMap(({ problems }) => problems),
  );
  return store.snapshot();
}
