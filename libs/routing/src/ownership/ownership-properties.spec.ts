import { describe, expect, it } from '@jest/globals';
import { objectKey, type Problem } from '@gatehouse/core';
import type { AnyObject, Ingress } from '@gatehouse/kube-model';
import { aConfigMap, aNamespace, anIngress, anIngressClass, aService, snapshotOf } from '@gatehouse/testing';
import fc from 'fast-check';
import type { HostModel } from '../model.ts';
import { defaultRoutingOptions, type RoutingOptions } from '../options.ts';
import { createResolver } from '../resolver.ts';

const policyConfigMap = objectKey('ops', 'policy');
const off: RoutingOptions = { ...defaultRoutingOptions };
const on: RoutingOptions = { ...defaultRoutingOptions, policyConfigMap };
const PREFIX = defaultRoutingOptions.annotationsPrefix;

const namespaces = ['a', 'b', 'c'];
const namespace = fc.constantFrom(...namespaces);
const names = ['x.net', 'a.x.net', 'b.x.net', 'c.b.x.net', 'ax.net', 'y.org'];
const host = fc.constantFrom('', '*.x.net', '*.net', '*.b.x.net', '*.y.org', ...names);
const path = fc.constantFrom('/', '/a', '/.well-known/acme-challenge/t', '/.well-known/acme-challenge/t(.*)');
const annotation = fc.constantFrom(
  ['delegate-hosts-to', 'b'],
  ['delegate-hosts-to', 'b, c'],
  ['app-root', '/r'],
  ['use-regex', 'true'],
  ['permanent-redirect', '/p'],
);
const ingress: fc.Arbitrary<Ingress> = fc
  .record({
    name: fc.constantFrom('i', 'j'),
    namespace,
    createdAtMs: fc.nat(3),
    rules: fc.array(
      fc.record({
        host,
        paths: fc.array(fc.record({ path, pathType: fc.constantFrom('Exact', 'Prefix') }), { maxLength: 2 }),
      }),
      { maxLength: 3 },
    ),
    tls: fc.constantFrom([], [{ hosts: [] }]),
    annotations: fc
      .array(annotation, { maxLength: 2 })
      .map((all) => Object.fromEntries(all.map(([name = '', value = '']) => [`${PREFIX}/${name}`, value]))),
    hasDefault: fc.boolean(),
  })
  .map(({ hasDefault, ...shape }) => anIngress({ ...shape, ...(hasDefault ? { defaultBackend: 'tea-svc:80' } : {}) }));
const ingresses = fc.uniqueArray(ingress, { selector: ({ key }) => key, maxLength: 6 });

/** Suffixes with the namespaces that own them. */
const owners = fc.dictionary(fc.constantFrom('*', ...names), fc.subarray(namespaces, { minLength: 1 }), { maxKeys: 4 });
type Owners = Readonly<Record<string, readonly string[]>>;

const around: readonly AnyObject[] = [anIngressClass(), ...namespaces.map((one) => aService({ namespace: one }))];

function policyOf(owned: Owners, more: Readonly<Record<string, string>> = {}) {
  const lines = Object.entries(owned).map(([suffix, who]) => `${suffix}: ${who.join(', ')}`);
  const data = { 'host-ownership': 'enforce', 'host-owners': lines.join('\n'), ...more };
  return aConfigMap({ namespace: 'ops', name: 'policy', data });
}

function resolve(objects: readonly AnyObject[], options = on) {
  return createResolver(options).resolve(snapshotOf([...around, ...objects]), 0);
}

/** Who may have a host, told in another way than the code does: by looking at every suffix. */
function isEntitled(owned: Owners, name: string, who: string): boolean {
  const covers = (suffix: string, one: string) => suffix === one || one.endsWith(`.${suffix}`);
  const plain = name.replace(/^\*\./, '');
  const deciding = Object.keys(owned)
    .filter((suffix) => suffix !== '*' && name !== '' && covers(suffix, plain))
    .sort((a, b) => b.length - a.length)[0];
  const decides = deciding ?? ('*' in owned ? '*' : undefined);
  if (decides !== undefined) return owned[decides]!.includes(who);
  if (name === '') return Object.values(owned).every((some) => some.includes(who));
  const isCovered = (suffix: string) =>
    name.startsWith('*') && /^[^.]+\./.exec(suffix) !== null && suffix.slice(suffix.indexOf('.') + 1) === plain;
  return Object.entries(owned).every(([suffix, some]) => !isCovered(suffix) || some.includes(who));
}

/** The namespaces of everything in a host's model. */
function namespacesIn({ routes, fallback, appRoot }: HostModel): readonly string[] {
  const origins = [...routes.map(({ origin }) => origin), fallback?.origin, appRoot?.origin];
  return origins.flatMap((origin) => (origin === undefined ? [] : [origin.object.namespace]));
}

function delegatesAt(all: readonly Ingress[], name: string, owned: Owners): readonly string[] {
  return all
    .filter(({ rules, defaultBackend }) =>
      rules.length === 0 ? name === '' && defaultBackend !== undefined : rules.some((rule) => rule.host === name),
    )
    .filter(({ ref }) => isEntitled(owned, name, ref.namespace))
    .flatMap(({ annotations }) => (annotations.get(`${PREFIX}/delegate-hosts-to`) ?? '').split(', '));
}

const younger = (one: Ingress): Ingress => ({ ...one, createdAtMs: one.createdAtMs + 1e6 });

describe('host ownership', () => {
  it('gives nothing of a host to who neither owns it nor is a delegate, and everything else stays', () => {
    fc.assert(
      fc.property(ingresses, owners, (all, owned) => {
        const { hosts } = resolve([policyOf(owned), ...all]).model;
        for (const model of hosts) {
          const delegates = delegatesAt(all, model.name, owned);
          for (const one of namespacesIn(model)) {
            expect([isEntitled(owned, model.name, one), delegates.includes(one)]).toContain(true);
          }
        }
        // What is left is what there would be if nobody else had written anything there, and delegates after the owners.
        const allowed = all.map((one) => withoutHosts(one, (name) => mayUse(all, owned, name, one.ref.namespace)));
        const served = hosts.filter(({ name }) => name !== '');
        const expected = resolve(allowed, off).model.hosts.filter(({ name }) => name !== '');
        expect(served.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
        for (const host of served) {
          const inTurn = allowed.map((one) => (isEntitled(owned, host.name, one.ref.namespace) ? one : younger(one)));
          expect(host).toEqual(resolve(inTurn, off).model.hosts.find(({ name }) => name === host.name));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('changes nothing when it is off, and no byte of the model when it only audits or warns', () => {
    const mode = fc.constantFrom('off', 'audit', 'warn');
    fc.assert(
      fc.property(ingresses, owners, mode, (all, owned, ownership) => {
        const without = resolve(all, off);
        const { model, problems } = resolve([policyOf(owned, { 'host-ownership': ownership }), ...all]);
        expect(model).toEqual(without.model);
        if (ownership === 'off') expect(problems).toEqual(without.problems);
        // Who shares a host by the will of its owners is not told of it.
        const isAbout = ({ code, field }: Problem) =>
          code === 'HostNotOwnedYet' || code === 'HostOverlap' || field.endsWith('delegate-hosts-to]');
        const others = (some: readonly Problem[]) => some.filter((problem) => !isAbout(problem));
        expect(others(problems)).toEqual(others(without.problems));
      }),
    );
  });

  it('of one more suffix changes nothing of hosts outside it', () => {
    fc.assert(
      fc.property(ingresses, owners, fc.constantFrom(...names), namespace, (all, owned, suffix, who) => {
        fc.pre(!(suffix in owned));
        const parent = suffix.slice(suffix.indexOf('.') + 1);
        const isOutside = ({ name }: HostModel) =>
          name !== '' && name !== `*.${parent}` && !`.${name}`.endsWith(`.${suffix}`);
        const hostsOf = (some: Owners) => resolve([policyOf(some), ...all]).model.hosts.filter(isOutside);
        expect(hostsOf({ ...owned, [suffix]: [who] })).toEqual(hostsOf(owned));
      }),
    );
  });

  it('delegated adds only what the delegate brings to exactly the hosts of that Ingress', () => {
    fc.assert(
      fc.property(ingresses, owners, fc.nat(), (all, owned, seed) => {
        fc.pre(all.length > 0);
        const at = seed % all.length;
        const chosen = all[at]!;
        const withAnnotation = (value: string) => {
          const annotations = new Map(chosen.annotations).set(`${PREFIX}/delegate-hosts-to`, value);
          return all.with(at, { ...chosen, annotations });
        };
        // Nobody is called z: it is a delegation without an effect.
        const before = resolve([policyOf(owned), ...withAnnotation('z')]).model.hosts;
        const after = resolve([policyOf(owned), ...withAnnotation('b')]).model.hosts;
        const named = new Set(chosen.rules.map((rule) => rule.host));
        if (chosen.rules.length === 0) named.add('');
        const others = (hosts: readonly HostModel[]) => withoutPolicies(hosts.filter(({ name }) => !named.has(name)));
        expect(others(after)).toEqual(others(before));
      }),
    );
  });

  it('is judged by a long-lived resolver as by a new one, whatever changes', () => {
    const label = fc.constantFrom('x.net', 'b.x.net', 'y.org', '!');
    const labels = fc.dictionary(fc.constantFrom('h/1', 'h/2', 'team'), label, { maxKeys: 2 });
    const world = fc.record({
      owned: owners,
      labels: fc.array(labels, { minLength: 3, maxLength: 3 }),
      more: fc.constantFrom(
        {},
        { 'host-owner-label-prefix': 'h' },
        { 'unowned-hosts': 'deny' },
        { modes: 'HostNotOwned in b: warn' },
      ),
    });
    fc.assert(
      fc.property(ingresses, fc.array(world, { minLength: 2, maxLength: 4 }), (all, worlds) => {
        const resolver = createResolver(on);
        for (const { owned, labels: some, more } of worlds) {
          const spaces = namespaces.map((name, index) => aNamespace({ name, labels: some[index]! }));
          const snapshot = snapshotOf([...around, policyOf(owned, more), ...spaces, ...all]);
          expect(resolver.resolve(snapshot, 0)).toEqual(createResolver(on).resolve(snapshot, 0));
        }
      }),
    );
  });
});

function mayUse(all: readonly Ingress[], owned: Owners, name: string, who: string): boolean {
  return isEntitled(owned, name, who) || delegatesAt(all, name, owned).includes(who);
}

/** Rules keep their places, so that fields stay the same; a host that is refused becomes one that cannot be served. */
function withoutHosts(one: Ingress, isAllowed: (name: string) => boolean): Ingress {
  return { ...one, rules: one.rules.map((rule) => (isAllowed(rule.host) ? rule : { ...rule, host: 'not_allowed' })) };
}

function withoutPolicies(hosts: readonly HostModel[]): unknown {
  return hosts.map(({ routes, fallback, ...rest }) => ({
    ...rest,
    routes: routes.map(({ policy: _, ...route }) => route),
    fallback: fallback && { ...fallback, policy: undefined },
  }));
}
