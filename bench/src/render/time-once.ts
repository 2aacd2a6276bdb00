/**
 * Times, in a process of its own so that nothing is warm: all objects → configuration, then the same with one Ingress
 * changed, several times. Prints JSON. `node time-once.ts COUNT`
 */
import { ObjectStore } from '@gatehouse/kube-model';
import { createRenderer, newestCapabilities } from '@gatehouse/nginx';
import { createResolver, defaultRoutingOptions } from '@gatehouse/routing';
import { manyObjects, numberedIngress } from './many-ingresses.ts';

const CHANGES = 15;
const count = Number(process.argv[2]);
const store = new ObjectStore();
store.replaceAll(manyObjects(count));
const resolver = createResolver({ ...defaultRoutingOptions, classObjectsOptional: true });
const renderer = createRenderer({
  capabilities: newestCapabilities,
  http: [{ address: '0.0.0.0', port: 80 }],
  https: [{ address: '0.0.0.0', port: 443 }],
  runtimeDirectory: '/run/gatehouse',
});

function timeRound(): { readonly ms: number; readonly bytes: number } {
  const snapshot = store.snapshot();
  const startedMs = performance.now();
  const bundle = renderer.render(resolver.resolve(snapshot, 1_700_000_000_000).model);
  // The text has to exist as bytes before it can be written.
  const bytes = Buffer.byteLength(bundle.files.get('nginx.conf') ?? '');
  return { ms: performance.now() - startedMs, bytes };
}

const cold = timeRound();
const changedMs = Array.from({ length: CHANGES }, (_, change) => {
  store.upsert(numberedIngress(Math.floor((count * change) / CHANGES), change + 1));
  return timeRound().ms;
});
console.log(JSON.stringify({ coldMs: cold.ms, changedMs, bytes: cold.bytes }));
