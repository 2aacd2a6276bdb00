import { beforeAll, describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import { ObjectStore, type AnyObject, type Secret, type Snapshot } from '@gatehouse/kube-model';
import {
  aConfigMap,
  anEndpointSlice,
  anIngress,
  anIngressClass,
  aSecret,
  aService,
  aTlsSecret,
  makeCertificate,
  snapshotOf,
} from '@gatehouse/testing';
import fc from 'fast-check';
import { defaultRoutingOptions, type RoutingOptions } from './options.ts';
import type { Resolution } from './resolution.ts';
import { createResolver } from './resolver.ts';

const START_MS = Date.UTC(2025, 0, 1);
const EXPIRY_MS = Date.UTC(2026, 0, 1);
const prefix = 'nginx.ingress.kubernetes.io';
const secrets: Secret[] = [];

beforeAll(async () => {
  const { certPem, keyPem } = await makeCertificate({
    hosts: ['a.example', '*.w.example'],
    notBefore: new Date(START_MS),
    notAfter: new Date(EXPIRY_MS),
  });
  secrets.push(
    await aTlsSecret({ name: 's0', hosts: ['a.example', 'b.example'] }),
    aSecret({ name: 's0', data: { 'tls.crt': certPem, 'tls.key': keyPem } }),
    aSecret({ name: 's1', data: { 'tls.crt': certPem, 'tls.key': keyPem } }),
    aSecret({ name: 's1', data: { 'tls.crt': 'garbage' } }),
  );
});

const namespace = fc.constantFrom('default', 'n2');
const hosts = ['', 'a.example', '*.w.example', 'x.w.example', 'y.w.example', '10.0.0.1', 'Bad_', 'c.example'];
const host = fc.constantFrom(...hosts);
const path = fc.constantFrom('', '/', '/a', '/a/', '/b', '/a(/|$)(.*)', '/(a+)+', '/%2f', 'x', '/é', '/a/b.c');
const pathType = fc.constantFrom('Exact', 'Prefix', 'ImplementationSpecific', '', 'prefix');
const backend = fc.constantFrom('s0:80', 's0:http', 's1:80', 's1:nope', 's2:80');
const annotations = fc.dictionary(
  fc.constantFrom(
    ...['use-regex', 'rewrite-target', 'app-root', 'default-backend', 'custom-http-errors', 'canary', 'x'],
  ),
  fc.constantFrom('true', '/$1', '/a', 's0', 's1', '404', ''),
  { maxKeys: 2 },
);

const ingress = fc
  .record({
    name: fc.constantFrom('i0', 'i1', 'i2', 'i3'),
    namespace,
    createdAtMs: fc.nat(2),
    className: fc.constantFrom('nginx', 'nginx', 'nginx', '', 'other'),
    annotations: annotations.map((some) =>
      Object.fromEntries(Object.entries(some).map(([k, v]) => [`${prefix}/${k}`, v])),
    ),
    rules: fc.array(fc.record({ host, paths: fc.array(fc.record({ path, pathType, backend }), { maxLength: 3 }) }), {
      maxLength: 3,
    }),
    tls: fc.array(fc.record({ hosts: fc.array(host, { maxLength: 2 }), secretName: fc.constantFrom('', 's0', 's1') }), {
      maxLength: 2,
    }),
    defaultBackend: fc.option(backend, { nil: undefined }),
  })
  .map(({ defaultBackend, ...shape }) =>
    anIngress({ ...shape, ...(defaultBackend === undefined ? {} : { defaultBackend }) }),
  );

const service = fc
  .record({
    name: fc.constantFrom('s0', 's1', 's2'),
    namespace,
    type: fc.constantFrom('ClusterIP' as const, 'ExternalName' as const),
    externalName: fc.constantFrom('example.com', 'localhost'),
    ports: fc.constantFrom([{ name: 'http', port: 80 }], [{ port: 80 }], []),
  })
  .map((shape) => aService(shape));

const slice = fc
  .record({
    name: fc.constantFrom('x', 'y'),
    namespace,
    service: fc.constantFrom('s0', 's1', 's2'),
    addresses: fc.subarray(['10.0.0.1', '10.0.0.2', '127.0.0.1', 'fe80::1']),
    ports: fc.constantFrom([{ name: 'http', port: 8080 }], [{ port: 8080 }]),
  })
  .map(({ name, ...shape }) => anEndpointSlice({ ...shape, name: `${shape.service}-${name}` }));

const other = fc.oneof(
  fc.nat(3).map((index) => secrets[index]!),
  fc
    .record({ isDefault: fc.boolean(), controller: fc.constantFrom('k8s.io/ingress-nginx', 'x/y') })
    .map((shape) => anIngressClass(shape)),
  fc
    .constantFrom(['proxy-body-size', '2m'], ['proxy-body-size', 'nonsense'], ['custom-http-errors', '503'])
    .map((entry) => aConfigMap({ data: Object.fromEntries([entry]) })),
);

const object: fc.Arbitrary<AnyObject> = fc.oneof(
  { weight: 4, arbitrary: ingress },
  { weight: 2, arbitrary: service },
  { weight: 2, arbitrary: slice },
  { weight: 1, arbitrary: other },
);

const options: fc.Arbitrary<RoutingOptions> = fc
  .record({
    compatibility: fc.constantFrom('kubernetes' as const, 'ingress-nginx' as const),
    watchWithoutClass: fc.boolean(),
    classObjectsOptional: fc.boolean(),
    allowLoopbackEndpoints: fc.boolean(),
    hasGlobals: fc.boolean(),
  })
  .map(({ hasGlobals, ...some }) => ({
    ...defaultRoutingOptions,
    ...some,
    configMap: objectKey('default', 'config'),
    ...(hasGlobals && {
      defaultBackendService: objectKey('default', 's0'),
      defaultCertificateSecret: objectKey('default', 's1'),
    }),
  }));

const time = fc.constantFrom(START_MS - 1, START_MS, EXPIRY_MS - 1, EXPIRY_MS, EXPIRY_MS + 1);
const world = fc.array(object, { minLength: 5, maxLength: 25 });

const withoutDuplicates = (objects: readonly AnyObject[]): readonly AnyObject[] => [
  ...new Map(objects.map((one) => [`${one.kind}/${one.key}`, one])).values(),
];

const resolveAfresh = (snapshot: Snapshot, flags: RoutingOptions, nowMs = EXPIRY_MS): Resolution =>
  createResolver(flags).resolve(snapshot, nowMs);

describe('resolve', () => {
  it('gives the same after any edits as if it saw the state for the first time', () => {
    const edit = fc.record({
      object,
      kind: fc.constantFrom('upsert', 'upsert', 'upsert', 'remove', 'touch'),
      nowMs: time,
    });
    fc.assert(
      fc.property(options, world, fc.array(edit, { minLength: 3, maxLength: 12 }), (flags, objects, edits) => {
        const store = new ObjectStore();
        store.replaceAll(withoutDuplicates(objects));
        const resolver = createResolver(flags);
        resolver.resolve(store.snapshot(), EXPIRY_MS - 1);
        for (const { object: one, kind, nowMs } of edits) {
          if (kind === 'remove') store.remove(one.kind, one.key);
          else if (kind === 'upsert') store.upsert(one);
          else
            for (const each of store.snapshot().ingresses.values())
              store.upsert({ ...each, resourceVersion: `${nowMs}` });
          const resolution = resolver.resolve(store.snapshot(), nowMs);
          expect(resolution).toEqual(resolveAfresh(store.snapshot(), flags, nowMs));
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('gives the same in whatever order the objects come', () => {
    const shuffled = world.chain((objects) => {
      const once = withoutDuplicates(objects);
      return fc.tuple(fc.constant(once), fc.shuffledSubarray([...once], { minLength: once.length }));
    });
    fc.assert(
      fc.property(options, shuffled, (flags, [objects, others]) => {
        expect(resolveAfresh(snapshotOf(others), flags)).toEqual(resolveAfresh(snapshotOf(objects), flags));
      }),
    );
  });

  it('leaves every host alone that an added Ingress does not name, and shares it', () => {
    fc.assert(
      fc.property(options, world, ingress, (flags, objects, added) => {
        const store = new ObjectStore();
        store.replaceAll(withoutDuplicates(objects).filter(({ kind, key }) => kind !== 'Ingress' || key !== added.key));
        const resolver = createResolver(flags);
        const before = resolver.resolve(store.snapshot(), EXPIRY_MS);
        store.upsert(added);
        const after = resolver.resolve(store.snapshot(), EXPIRY_MS);
        const named = new Set([...added.rules.map((rule) => rule.host), ...(added.rules.length === 0 ? [''] : [])]);
        const others = (resolution: Resolution) => resolution.model.hosts.filter(({ name }) => !named.has(name));
        const [old, now] = [others(before), others(after)];
        expect(now.map(({ name }) => name)).toEqual(old.map(({ name }) => name));
        expect(now.every((one, index) => one === old[index])).toBe(true);
      }),
    );
  });

  it('never takes anything away from an older Ingress', () => {
    fc.assert(
      fc.property(world, ingress, (objects, added) => {
        const flags = defaultRoutingOptions;
        const youngest = { ...added, createdAtMs: 99 };
        const before = withoutDuplicates(objects).filter(({ kind, key }) => kind !== 'Ingress' || key !== added.key);
        const routes = (all: readonly AnyObject[]) =>
          resolveAfresh(snapshotOf(all), flags).model.hosts.flatMap(({ name, routes: some }) =>
            some
              .filter(
                ({ origin }) =>
                  origin.object.name !== added.ref.name || origin.object.namespace !== added.ref.namespace,
              )
              .map((route) => [name, route]),
          );
        expect(routes([...before, youngest])).toEqual(routes(before));
      }),
    );
  });

  it('keeps the identity of hosts, backends and certificates when objects were only read again', () => {
    fc.assert(
      fc.property(options, world, (flags, objects) => {
        const once = withoutDuplicates(objects);
        const again = once.map((one) => ({ ...one, resourceVersion: 'again' }));
        const resolver = createResolver(flags);
        const before = resolver.resolve(snapshotOf(once), EXPIRY_MS);
        const after = resolver.resolve(snapshotOf(again), EXPIRY_MS);
        expect(after.model.hosts.every((one, index) => one === before.model.hosts[index])).toBe(true);
        expect(after.model.defaultCertificate).toBe(before.model.defaultCertificate);
      }),
    );
  });

  it('has sorted hosts and routes, no two alike, the catch-all host first, and everything frozen', () => {
    fc.assert(
      fc.property(options, world, (flags, objects) => {
        const { hosts } = resolveAfresh(snapshotOf(withoutDuplicates(objects)), flags).model;
        const names = hosts.map(({ name }) => name);
        expect(names).toEqual([...new Set(names)].sort());
        expect(names[0]).toBe('');
        for (const { routes } of hosts) {
          const keys = routes.map((route) => `${route.path}\0${route.match}`);
          expect(keys).toEqual([...new Set(keys)].sort());
        }
        expect(unfrozen(hosts)).toEqual([]);
      }),
    );
  });

  it('names in its Problems only objects that exist, but for those of the flags', () => {
    fc.assert(
      fc.property(options, world, (flags, objects) => {
        const once = withoutDuplicates(objects);
        const known = new Set(once.map(({ ref }) => `${ref.kind}/${ref.namespace}/${ref.name}`));
        const named = [flags.defaultBackendService ?? '', flags.defaultCertificateSecret ?? ''];
        for (const { object: ref, related } of resolveAfresh(snapshotOf(once), flags).problems) {
          const isFlagged = named.includes(`${ref.namespace}/${ref.name}`);
          expect(isFlagged || known.has(`${ref.kind}/${ref.namespace}/${ref.name}`)).toBe(true);
          if (related) expect(known).toContain(`${related.kind}/${related.namespace}/${related.name}`);
        }
      }),
    );
  });

  it('never throws, whatever text stands in whatever field', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('/(?:', '__proto__', 'constructor', '\ud800', '"};{', '$uri', '/%C3%28', '*.*', '[::]', '\0'),
    );
    const hostile = fc.record({
      host: text,
      path: text,
      pathType: fc.oneof(pathType, text),
      service: text,
      annotation: fc.tuple(fc.oneof(text, fc.constantFrom('use-regex', 'app-root', 'rewrite-target')), text),
      secret: text,
      address: text,
    });
    fc.assert(
      fc.property(options, hostile, (flags, { host: name, path: one, annotation: [key, value], ...rest }) => {
        const backendOf = { kind: 'service', name: rest.service, port: { kind: 'name', name: rest.service } } as const;
        const snapshot = snapshotOf([
          anIngressClass(),
          aService({ name: rest.service, ports: [{ name: rest.service, port: 1 }], externalName: name }),
          anEndpointSlice({
            service: rest.service,
            addresses: [rest.address],
            ports: [{ name: rest.service, port: 1 }],
          }),
          aSecret({ name: rest.secret, data: { 'tls.crt': value, 'tls.key': one } }),
          anIngress({
            annotations: { [`${prefix}/${key}`]: value, [`${prefix}/use-regex`]: 'true' },
            rules: [
              {
                host: name,
                paths: [
                  { path: one, pathType: rest.pathType, backend: backendOf },
                  { path: one, backend: backendOf },
                ],
              },
            ],
            tls: [{ hosts: [name], secretName: rest.secret }],
            defaultBackend: backendOf,
          }),
        ]);
        for (const { name: served, routes } of resolveAfresh(snapshot, flags).model.hosts) {
          expect(served).toMatch(/^(\*\.)?[a-z0-9.-]*$/);
          for (const route of routes) expect(route.path).toMatch(/^\/[^\p{Cc}]*$/u);
        }
      }),
      { numRuns: 1000 },
    );
  }, 60_000);
});

/** Paths of the objects below `value` that are not frozen; the policy and certificate bytes belong to others. */
function unfrozen(value: unknown, where = ''): readonly string[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  const own = Object.isFrozen(value) ? [] : [where];
  const below = Object.entries(value).filter(([key]) => key !== 'policy' && key !== 'object');
  return [...own, ...below.flatMap(([key, child]) => unfrozen(child, `${where}.${key}`))];
}
