import { describe, expect, it } from '@jest/globals';
import type { Problem } from '@gatehouse/core';
import { ObjectStore, type Ingress } from '@gatehouse/kube-model';
import { anIngress, anIngressClass, aService, snapshotOf } from '@gatehouse/testing';
import fc from 'fast-check';
import { ageComparator } from '../compare-age.ts';
import { defaultRoutingOptions } from '../options.ts';
import { createResolver } from '../resolver.ts';

interface At {
  readonly hosts: readonly string[];
  readonly paths?: readonly string[];
  readonly pathType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `namespace/name`, older ones first. */
function ingressesOf(shapes: Readonly<Record<string, At>>): readonly Ingress[] {
  return Object.entries(shapes).map(([key, { hosts, paths = ['/'], pathType = 'Prefix', annotations = {} }], index) => {
    const [namespace = '', name = ''] = key.split('/');
    const rules = hosts.map((host) => ({ host, paths: paths.map((path) => ({ path, pathType })) }));
    return anIngress({ namespace, name, createdAtMs: index, rules, annotations });
  });
}

const isOverlap = ({ code }: Problem): boolean => code === 'HostOverlap';

function overlapsOf(shapes: Readonly<Record<string, At>>): readonly Problem[] {
  const snapshot = snapshotOf([anIngressClass(), aService(), ...ingressesOf(shapes)]);
  return createResolver(defaultRoutingOptions).resolve(snapshot, 0).problems.filter(isOverlap);
}

const told = (shapes: Readonly<Record<string, At>>) =>
  overlapsOf(shapes).map(({ object, field, related }) =>
    [`${object.namespace}/${object.name}`, field, `${related?.namespace}/${related?.name}`].join(' '),
  );

describe('a wildcard of another namespace', () => {
  it('is told to the host that came later, and names whose requests it takes', () => {
    expect(overlapsOf({ 'a/wild': { hosts: ['*.x.io'] }, 'b/shop': { hosts: ['y.io', 'shop.x.io'] } })).toEqual([
      {
        code: 'HostOverlap',
        object: { kind: 'Ingress', namespace: 'b', name: 'shop' },
        field: 'spec.rules[1].host',
        message: 'the host "shop.x.io" takes requests from "*.x.io" of Ingress a/wild, which is in another namespace',
        related: { kind: 'Ingress', namespace: 'a', name: 'wild' },
      },
    ]);
  });

  it('is told when it came later, and names the oldest of whose requests it does not get', () => {
    const shapes = {
      'b/shop': { hosts: ['shop.x.io'] },
      'c/tea': { hosts: ['tea.x.io'] },
      'a/wild': { hosts: ['*.x.io'] },
      'a/wilder': { hosts: ['*.x.io'], paths: ['/more'] },
    };
    expect(told(shapes)).toEqual(['a/wild spec.rules[0].host b/shop', 'a/wilder spec.rules[0].host b/shop']);
    expect(overlapsOf(shapes)[0]?.message).toBe(
      'the host "*.x.io" gets no requests for "shop.x.io", which go to Ingress b/shop in another namespace',
    );
  });

  it('is nothing within one namespace, nor where it does not cover the host', () => {
    expect(told({ 'a/wild': { hosts: ['*.x.io'] }, 'a/shop': { hosts: ['shop.x.io'] } })).toEqual([]);
    const others = ['x.io', 'a.b.x.io', '*.b.x.io', 'localhost', ''];
    expect(told({ 'a/wild': { hosts: ['*.x.io'] }, 'b/shop': { hosts: others } })).toEqual([]);
  });

  it('looks for the other namespace behind those of the own one', () => {
    const shapes = {
      'b/wild': { hosts: ['*.x.io'], paths: ['/b'] },
      'a/wild': { hosts: ['*.x.io'], paths: ['/a'] },
      'b/shop': { hosts: ['shop.x.io'], paths: ['/b'] },
    };
    expect(told(shapes)).toEqual(['b/shop spec.rules[0].host a/wild']);
  });

  it('is told once, however many hosts it covers', () => {
    const many = Array.from({ length: 500 }, (_, index) => `h${index}.x.io`);
    const spread = Object.fromEntries(many.map((host, index) => [`n${index}/one`, { hosts: [host] }]));
    expect(told({ 'a/wild': { hosts: ['*.x.io'] }, 'b/many': { hosts: many } })).toHaveLength(1);
    expect(told({ 'b/many': { hosts: many }, 'a/wild': { hosts: ['*.x.io'] } })).toHaveLength(1);
    expect(told({ ...spread, 'a/wild': { hosts: ['*.x.io'] } })).toHaveLength(1);
  });
});

describe('a Prefix of another namespace', () => {
  const shared = { hosts: ['shop.io'] };

  it.each([
    ['/', '/api'],
    ['/api', '/api/v1'],
    ['/api', '/api/'],
    ['/', '/a+(b)'],
  ])('%s is told to the later %s inside it, of any type', (outer, inner) => {
    const around = { ...shared, paths: [outer] };
    const exact = { ...shared, paths: [inner], pathType: 'Exact' };
    expect(told({ 'a/outer': around, 'b/inner': exact })).toEqual(['b/inner spec.rules[0].http.paths[0] a/outer']);
    expect(told({ 'b/inner': exact, 'a/outer': around })).toEqual(['a/outer spec.rules[0].http.paths[0] b/inner']);
  });

  it('has a sentence for both', () => {
    const [outer, inner] = [{ ...shared }, { ...shared, paths: ['/api'] }];
    expect(overlapsOf({ 'a/shop': outer, 'b/api': inner })[0]?.message).toBe(
      'the path "/api" of host "shop.io" takes requests from the Prefix "/" of Ingress a/shop, which is in another namespace',
    );
    expect(overlapsOf({ 'b/api': inner, 'a/shop': outer })[0]?.message).toBe(
      'the Prefix "/" of host "shop.io" gets no requests for "/api", which go to Ingress b/api in another namespace',
    );
  });

  it.each([
    ['/api', '/apis'],
    ['/api/v1', '/api'],
    ['/a', '/b'],
  ])('%s is nothing to an Exact %s', (outer, inner) => {
    const exact = { ...shared, paths: [inner], pathType: 'Exact' };
    expect(told({ 'a/outer': { ...shared, paths: [outer] }, 'b/inner': exact })).toEqual([]);
  });

  it('is nothing within one namespace, and inside a Prefix of the own one', () => {
    expect(told({ 'a/outer': shared, 'a/inner': { ...shared, paths: ['/api'] } })).toEqual([]);
    const shapes = {
      'a/outer': { ...shared, paths: ['/'] },
      'b/inner': { ...shared, paths: ['/api'] },
      'b/more': { ...shared, paths: ['/api/v1'] },
    };
    expect(told(shapes)).toEqual(['b/inner spec.rules[0].http.paths[0] a/outer']);
  });

  it.each([
    ['/api/v1/(.*)', '/api', true],
    ['/api(/|$)(.*)', '/', true],
    ['/api(/|$)(.*)', '/api', false],
    ['/other/.*', '/api', false],
    ['/api/x|/other', '/api', false],
    ['/[a-z]+', '/', true],
  ])('holds for the expression %s in %s: %j', (expression, outer, expected) => {
    const inner = {
      ...shared,
      paths: [expression],
      pathType: 'ImplementationSpecific',
      annotations: { 'nginx.ingress.kubernetes.io/use-regex': 'true' },
    };
    expect(told({ 'a/outer': { ...shared, paths: [outer] }, 'b/inner': inner })).toHaveLength(expected ? 1 : 0);
  });

  it('is told to the later app-root, which takes its front page, or is told whose that is', () => {
    const [field, annotations] = [
      'metadata.annotations[nginx.ingress.kubernetes.io/app-root]',
      { 'nginx.ingress.kubernetes.io/app-root': '/b' },
    ];
    const root = { ...shared, paths: [], annotations };
    expect(told({ 'a/outer': shared, 'b/root': root })).toEqual([`b/root ${field} a/outer`]);
    expect(told({ 'b/root': root, 'a/outer': shared })).toEqual(['a/outer spec.rules[0].http.paths[0] b/root']);
    expect(told({ 'a/outer': shared, 'a/root': root })).toEqual([]);
    expect(told({ 'a/outer': { ...shared, paths: ['/api'] }, 'b/root': root })).toEqual([]);
  });

  it('is told once to each Ingress', () => {
    const paths = Array.from({ length: 300 }, (_, index) => `/p${index}`);
    expect(told({ 'a/outer': shared, 'b/inner': { ...shared, paths } })).toHaveLength(1);
    expect(told({ 'b/inner': { ...shared, paths }, 'a/outer': shared })).toHaveLength(1);
  });
});

describe('overlaps', () => {
  const host = fc.constantFrom('*.x.io', 'a.x.io', 'b.x.io', '*.y.io', 'a.y.io', 'z');
  const path = fc.constantFrom('/', '/a', '/a/b', '/a/b/c', '/ab');
  const ingress = fc
    .record({
      namespace: fc.constantFrom('n1', 'n2', 'n3'),
      name: fc.constantFrom('p', 'q', 'r'),
      createdAtMs: fc.nat(3),
      hosts: fc.uniqueArray(host, { minLength: 1, maxLength: 3 }),
      paths: fc.uniqueArray(path, { minLength: 1, maxLength: 2 }),
    })
    .map(({ hosts, paths, ...shape }) =>
      anIngress({ ...shape, rules: hosts.map((one) => ({ host: one, paths: paths.map((each) => ({ path: each })) })) }),
    );
  const world = fc.uniqueArray(ingress, { selector: ({ key }) => key, minLength: 2, maxLength: 8 });
  const compare = ageComparator('kubernetes');

  it('tell only the later of two Ingresses of different namespaces', () => {
    fc.assert(
      fc.property(world, (ingresses) => {
        const byKey = new Map(ingresses.map((one) => [`${one.ref.namespace}/${one.ref.name}`, one]));
        const snapshot = snapshotOf([anIngressClass(), aService(), ...ingresses]);
        const { problems } = createResolver(defaultRoutingOptions).resolve(snapshot, 0);
        for (const { object, related } of problems.filter(isOverlap)) {
          const [own, other] = [object, related].map((ref) => byKey.get(`${ref?.namespace}/${ref?.name}`)!);
          expect(own!.ref.namespace).not.toBe(other!.ref.namespace);
          expect(compare(own!, other!)).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('are found wherever requests for an exact host would else have gone to a wildcard of a stranger', () => {
    fc.assert(
      fc.property(world, (ingresses) => {
        const snapshot = snapshotOf([anIngressClass(), aService(), ...ingresses]);
        const { problems } = createResolver(defaultRoutingOptions).resolve(snapshot, 0);
        const toldTo = new Set(
          problems.filter(isOverlap).map(({ object, field }) => `${object.namespace}/${object.name} ${field}`),
        );
        for (const one of ingresses)
          for (const [index, { host: name }] of one.rules.entries()) {
            const isPartner = (other: string) =>
              name.startsWith('*') ? other.endsWith(name.slice(1)) && other !== name : other === `*${name.slice(1)}`;
            const hasOlder = ingresses.some(
              (other) =>
                other.ref.namespace !== one.ref.namespace &&
                compare(other, one) < 0 &&
                other.rules.some((rule) => isPartner(rule.host)),
            );
            const isFirst = one.rules.findIndex((rule) => rule.host.slice(1) === name.slice(1)) === index;
            if (hasOlder && isFirst) expect(toldTo).toContain(`${one.key} spec.rules[${index}].host`);
          }
      }),
    );
  });

  it('are the same after any edits as if the state was seen for the first time', () => {
    const edit = fc.tuple(ingress, fc.constantFrom('upsert', 'upsert', 'remove'));
    fc.assert(
      fc.property(world, fc.array(edit, { minLength: 3, maxLength: 12 }), (ingresses, edits) => {
        const store = new ObjectStore();
        store.replaceAll([anIngressClass(), aService(), ...ingresses]);
        const resolver = createResolver(defaultRoutingOptions);
        resolver.resolve(store.snapshot(), 0);
        for (const [one, kind] of edits) {
          if (kind === 'remove') store.remove('Ingress', one.key);
          else store.upsert(one);
          const afresh = createResolver(defaultRoutingOptions).resolve(store.snapshot(), 0).problems;
          expect(resolver.resolve(store.snapshot(), 0).problems).toEqual(afresh);
        }
      }),
    );
  });
});
