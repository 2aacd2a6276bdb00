import { ObjectStore, type AnyObject, type Ingress, type Snapshot } from '@gatehouse/kube-model';
import { defaultRoutingOptions, reachOf } from '@gatehouse/routing';
import { aConfigMap, anIngress, anIngressClass, aNamespace, aSecret, aService, snapshotOf } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AdmissionIndex } from './admission-index.ts';

const indexOf = (objects: readonly AnyObject[]): AdmissionIndex =>
  AdmissionIndex.of(snapshotOf(objects), defaultRoutingOptions);

const host = (name: string, namespace: string, ...hosts: readonly string[]): Ingress =>
  anIngress({ name, namespace, rules: hosts.map((one) => ({ host: one })) });

function neighbours(index: AdmissionIndex, ...forms: readonly Ingress[]): readonly string[] {
  return [...index.around(forms).with(undefined).ingresses.keys()].sort();
}

describe('what is around an Ingress', () => {
  it('is who shares one of its hosts, the catch-all among them, and nobody else', () => {
    const catchAll = anIngress({ name: 'all', namespace: 'b', defaultBackend: 'tea-svc:80' });
    const index = indexOf([
      host('x', 'b', 'a.example.com', 'b.example.com'),
      host('y', 'b', 'c.example.com'),
      catchAll,
    ]);
    expect(neighbours(index, host('me', 'a', 'a.example.com'))).toEqual(['b/x']);
    expect(neighbours(index, host('me', 'a', ''))).toEqual(['b/all']);
    expect(neighbours(index, host('me', 'a', 'b.example.com', 'c.example.com'))).toEqual(['b/x', 'b/y']);
  });

  it('is the same for an alias as for a host', () => {
    const annotations = { 'nginx.ingress.kubernetes.io/server-alias': 'a.example.com, B.example.com' };
    const index = indexOf([anIngress({ name: 'x', namespace: 'b', annotations, rules: [{ host: 'x.example.com' }] })]);
    expect(neighbours(index, host('me', 'a', 'b.example.com'))).toEqual(['b/x']);
  });

  it('is who shares a host with any of its forms, but never itself', () => {
    const stored = host('me', 'a', 'a.example.com');
    const index = indexOf([stored, host('x', 'b', 'a.example.com'), host('y', 'b', 'b.example.com')]);
    expect(neighbours(index, stored, host('me', 'a', 'b.example.com'))).toEqual(['b/x', 'b/y']);
  });

  it('is the oldest few of each other namespace whose wildcard covers it, or that its wildcard covers', () => {
    const below = Array.from({ length: 50 }, (_, at) =>
      anIngress({ name: `low-${at}`, namespace: 'b', createdAtMs: 99 - at, rules: [{ host: `x${at}.example.com` }] }),
    );
    const index = indexOf([
      ...below,
      host('own', 'a', 'y.example.com'),
      host('deep', 'c', 'y.z.example.com'),
      host('star', 'b', '*.example.com'),
      host('star-2', 'b', '*.example.com'),
    ]);
    expect(neighbours(index, host('me', 'c', 'y.example.com'))).toEqual(['a/own', 'b/star', 'b/star-2']);
    expect(neighbours(index, host('me', 'a', '*.example.com'))).toEqual([
      'b/low-46',
      'b/low-47',
      'b/low-48',
      'b/low-49',
      'b/star',
      'b/star-2',
    ]);
  });

  it('has the Services that are used, and all of what is few', () => {
    const [mine, other] = [aService({ name: 'mine' }), aService({ name: 'other' })];
    const few = [anIngressClass(), aNamespace(), aConfigMap()];
    const index = indexOf([mine, other, aSecret(), ...few]);
    const form = anIngress({ rules: [{ host: 'a.example.com', paths: [{ backend: 'mine:80' }] }] });
    const snapshot = index.around([form]).with(form);
    expect([...snapshot.services.values()]).toEqual([mine]);
    expect([...snapshot.ingresses.values()]).toEqual([form]);
    const all = snapshotOf(few);
    for (const kind of ['ingressClasses', 'namespaces', 'configMaps'] as const)
      expect(snapshot[kind]).toEqual(all[kind]);
    expect(snapshot.secrets.size).toBe(0);
  });

  it('never changes after it was handed out', () => {
    const index = indexOf([anIngressClass()]);
    const { ingressClasses } = index.around([]).with(undefined);
    expect(index.around([]).with(undefined).ingressClasses).toBe(ingressClasses);
    index.change(anIngressClass(), undefined);
    expect(ingressClasses.size).toBe(1);
    expect(index.around([]).with(undefined).ingressClasses.size).toBe(0);
  });
});

describe('the index over a store', () => {
  const hosts = fc.constantFrom('', 'a.example.com', 'b.example.com', '*.example.com', 'a.b.example.com', 'x');
  const ingress = fc
    .record({
      name: fc.constantFrom('p', 'q', 'r'),
      namespace: fc.constantFrom('a', 'b'),
      resourceVersion: fc.constantFrom('1', '2'),
      hosts: fc.array(hosts, { maxLength: 3 }),
      alias: fc.option(hosts),
      backend: fc.constantFrom('tea-svc:80', 'coffee-svc:80'),
    })
    .map(({ hosts: names, alias, backend, ...named }) =>
      anIngress({
        ...named,
        rules: names.map((one) => ({ host: one, paths: [{ backend }] })),
        ...(names.length === 0 ? { defaultBackend: backend } : {}),
        annotations: alias === null ? {} : { 'nginx.ingress.kubernetes.io/server-alias': alias },
      }),
    );
  const service = fc
    .record({ name: fc.constantFrom('tea-svc', 'coffee-svc'), namespace: fc.constantFrom('a', 'b') })
    .map((shape) => aService(shape));
  const few = fc
    .constantFrom('n1', 'n2')
    .chain((name) => fc.constantFrom<AnyObject>(anIngressClass({ name }), aNamespace({ name }), aConfigMap({ name })));
  const object: fc.Arbitrary<AnyObject> = fc.oneof({ weight: 3, arbitrary: ingress }, service, few);
  const step = fc.oneof(
    fc.record({ kind: fc.constant('upsert' as const), object }),
    fc.record({ kind: fc.constant('remove' as const), object }),
    fc.record({ kind: fc.constant('replaceAll' as const), objects: fc.array(object, { maxLength: 6 }) }),
  );

  /** What `around` promises, from all objects at once. */
  function filtered(all: Snapshot, form: Ingress): readonly string[] {
    const own = reachOf(form, defaultRoutingOptions).hosts;
    const sharing = [...all.ingresses.values()].filter(
      (one) => one.key !== form.key && !reachOf(one, defaultRoutingOptions).hosts.isDisjointFrom(own),
    );
    return sharing.map(({ key }) => key).sort();
  }

  it('never drifts from it, whatever happens to the store', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), ingress, (steps, form) => {
        const store = new ObjectStore();
        const index = new AdmissionIndex(defaultRoutingOptions);
        store.observe((before, now) => index.change(before, now));
        for (const one of steps) {
          if (one.kind === 'upsert') store.upsert(one.object);
          else if (one.kind === 'remove') store.remove(one.object.kind, one.object.key);
          else store.replaceAll(one.objects);
        }
        const all = store.snapshot();
        const fresh = indexOf([...all.ingresses.values(), ...all.services.values()]);
        const around = index.around([form]).with(form);
        const found = neighbours(index, form);
        expect(found.filter((key) => filtered(all, form).includes(key))).toEqual(filtered(all, form));
        expect(found).toEqual(neighbours(fresh, form));
        for (const [key, one] of around.ingresses) expect(key === form.key ? form : all.ingresses.get(key)).toBe(one);
        for (const [key, one] of around.services) expect(all.services.get(key)).toBe(one);
        expect(new Map(around.services)).toEqual(new Map(fresh.around([form]).with(form).services));
        for (const kind of ['ingressClasses', 'namespaces', 'configMaps'] as const)
          expect(around[kind]).toEqual(all[kind]);
      }),
      { numRuns: 500 },
    );
  });
});
