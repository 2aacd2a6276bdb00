/**
 * Duty: from raw objects, as a tenant writes them, to the configuration that nginx would get, all the way that a
 * controller goes.
 */
import { objectKey } from '@gatehouse/core';
import { ObjectStore, parseObjects } from '@gatehouse/kube-model';
import { createRenderer, lexNginx, type Bundle, type NginxTree, type RenderOptions } from '@gatehouse/nginx';
import { createResolver, defaultRoutingOptions, type Resolution, type RoutingOptions } from '@gatehouse/routing';
import { CONFIG_MAP } from './attacked-objects.ts';

export interface Configuration {
  readonly resolution: Resolution;
  readonly bundle: Bundle;
  readonly text: string;
  readonly tree: NginxTree;
}

const [namespace = '', name = ''] = CONFIG_MAP.split('/');

const routingOptions: RoutingOptions = {
  ...defaultRoutingOptions,
  configMap: objectKey(namespace, name),
  defaultBackendService: objectKey('system', 'errors'),
  tcpServicesConfigMap: objectKey('system', 'tcp'),
};

/** What becomes of these objects. Throws when any part throws, or when the text is not well-formed. */
export function configure(
  objects: readonly unknown[],
  renderOptions: RenderOptions,
  options: Partial<RoutingOptions> = {},
): Configuration {
  const readings = parseObjects({ apiVersion: 'v1', kind: 'List', items: objects }).flatMap(({ reading }) =>
    reading.kind === 'ours' ? [reading] : [],
  );
  const store = new ObjectStore();
  store.replaceAll(
    readings.flatMap((reading) => reading.objects),
    readings.flatMap(({ problems }) => problems),
  );
  const resolution = createResolver({ ...routingOptions, ...options }).resolve(
    store.snapshot(),
    Date.UTC(2026, 10, 23),
  );
  const bundle = createRenderer(renderOptions).render(resolution.model);
  const text = bundle.files.get('nginx.conf') ?? '';
  const tree = lexNginx(text);
  if (!tree.ok) throw new Error(tree.error);
  return { resolution, bundle, text, tree: tree.value };
}
