/**
 * Duty: what the controller makes of objects of the corpus, when every Service has one Pod on this machine.
 */
import { createRenderer, type Bundle, type RenderOptions } from '@gatehouse/nginx';
import { createResolver, type Resolution, type RoutingOptions } from '@gatehouse/routing';
import { routingOptionsOf, snapshotOfJson, type CorpusCase, type CorpusObject } from '@gatehouse/testing/corpus';

export interface ConfiguredObjects {
  readonly resolution: Resolution;
  readonly bundle: Bundle;
  readonly text: string;
}

/** The moment of judging; whatever is created is younger than the world. */
const NOW_MS = Date.UTC(2026, 10, 26);

/** The whole way, with the flags of a case. */
export function configureObjects(
  objects: readonly CorpusObject[],
  { flags }: Pick<CorpusCase, 'flags'>,
  renderOptions: RenderOptions,
): ConfiguredObjects {
  const options: RoutingOptions = { ...routingOptionsOf({ flags }), allowLoopbackEndpoints: true };
  const resolution = createResolver(options).resolve(snapshotOfJson(objects), NOW_MS);
  const bundle = createRenderer(renderOptions).render(resolution.model);
  return { resolution, bundle, text: bundle.files.get('nginx.conf') ?? '' };
}

/** The object as it is stored: with a time of creation. */
export function storedObject({ object, before }: CorpusCase): CorpusObject {
  const metadata = metadataOf(object);
  if (before !== undefined || metadata['creationTimestamp'] !== undefined) return object;
  return { ...object, metadata: { ...metadata, creationTimestamp: new Date(NOW_MS).toISOString() } };
}

/** One endpoint on loopback for each port of each Service among the objects. */
export function endpointsOn(port: number, objects: readonly CorpusObject[]): readonly CorpusObject[] {
  const services = objects.filter(({ kind, spec }) => kind === 'Service' && field(spec, 'type') !== 'ExternalName');
  return services.map((service) => {
    const { name, namespace } = metadataOf(service);
    const ports = (field(service['spec'], 'ports') ?? []) as readonly { readonly name?: string }[];
    return {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${String(name)}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
      ports: ports.map((one) => ({ name: one.name ?? '', port, protocol: 'TCP' })),
    };
  });
}

export function metadataOf(object: CorpusObject): Readonly<Record<string, unknown>> {
  const { metadata } = object;
  return typeof metadata === 'object' && metadata !== null ? (metadata as Readonly<Record<string, unknown>>) : {};
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
