import type { Ingress } from '@gatehouse/kube-model';
import { anIngress, type IngressShape } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addsNothing as ask } from './adds-nothing.ts';

const addsNothing = (after: Ingress, before: Ingress): boolean => ask(after, before, 'gate');

const full: IngressShape = {
  className: 'nginx',
  annotations: { 'gate/a': '1', 'gate/b': '2' },
  defaultBackend: 'tea-svc:80',
  rules: [
    { host: 'a.example.com', paths: [{ path: '/x' }, { path: '/y' }] },
    { host: 'b.example.com', paths: [{ path: '/x' }] },
  ],
  tls: [{ hosts: ['a.example.com', 'b.example.com'], secretName: 's' }],
};
const { defaultBackend: _, ...withoutDefault } = full;

describe('an update that adds nothing', () => {
  it.each<[string, IngressShape]>([
    ['changes nothing', full],
    ['removes the default backend', withoutDefault],
    ['removes a rule', { ...full, rules: full.rules?.slice(1) ?? [] }],
    ['removes a path', { ...full, rules: [{ host: 'a.example.com', paths: [{ path: '/y' }] }] }],
    [
      'splits and reorders rules',
      {
        ...full,
        rules: [
          { host: 'b.example.com', paths: [{ path: '/x' }] },
          { host: 'a.example.com', paths: [{ path: '/y' }, { path: '/x' }] },
        ],
      },
    ],
    ['removes a host of spec.tls', { ...full, tls: [{ hosts: ['b.example.com'], secretName: 's' }] }],
    ['has other annotations of others', { ...full, annotations: { ...full.annotations, 'helm/x': '9' } }],
    ['has other bookkeeping', { ...full, resourceVersion: '7', uid: 'u' }],
  ])('%s', (_name, after) => {
    expect(addsNothing(anIngress(after), anIngress(full))).toBe(true);
  });

  it.each<[string, IngressShape]>([
    ['another class', { ...full, className: 'other' }],
    ['another annotation', { ...full, annotations: { 'gate/a': '1', 'gate/c': '2' } }],
    ['an annotation less', { ...full, annotations: { 'gate/b': '2' } }],
    ['another value', { ...full, annotations: { 'gate/a': '2' } }],
    ['another default backend', { ...full, defaultBackend: 'tea-svc:81' }],
    ['another host', { ...full, rules: [{ host: 'c.example.com', paths: [] }] }],
    ['a path under another host', { ...full, rules: [{ host: 'b.example.com', paths: [{ path: '/y' }] }] }],
    ['a path twice', { ...full, rules: [{ host: 'a.example.com', paths: [{ path: '/x' }, { path: '/x' }] }] }],
    ['another type', { ...full, rules: [{ host: 'a.example.com', paths: [{ path: '/x', pathType: 'Exact' }] }] }],
    ['another Secret', { ...full, tls: [{ hosts: ['a.example.com'], secretName: 't' }] }],
    ['an entry of spec.tls for every host', { ...full, tls: [{ hosts: [], secretName: 's' }] }],
  ])('is not one with %s', (_name, after) => {
    expect(addsNothing(anIngress(after), anIngress(full))).toBe(false);
  });

  it('is not one that drops the annotation which names its class', () => {
    const named = anIngress({ ...full, className: '', annotations: { 'kubernetes.io/ingress.class': 'x' } });
    expect(addsNothing(anIngress({ ...full, className: '', annotations: {} }), named)).toBe(false);
  });

  it('is not one that moves the aliases to another host', () => {
    const aliased = { ...full, annotations: { 'gate/server-alias': 'c.example.com' } };
    const moved = { ...aliased, rules: full.rules?.slice(1) ?? [] };
    expect(addsNothing(anIngress(moved), anIngress(aliased))).toBe(false);
    expect(addsNothing(anIngress({ ...aliased, tls: [] }), anIngress(aliased))).toBe(true);
  });

  it('holds both ways only between two that ask for the same', () => {
    const rule = fc.record({
      host: fc.constantFrom('a', 'b'),
      paths: fc.array(fc.record({ path: fc.constantFrom('/x', '/y') }), { maxLength: 3 }),
    });
    const ingress = fc.array(rule, { maxLength: 3 }).map((rules) => anIngress({ rules }));
    const asked = ({ rules }: Ingress) =>
      rules.flatMap(({ host, paths }) => [host, ...paths.map(({ path }) => `${host}${path}`)]).sort();
    fc.assert(
      fc.property(ingress, ingress, (a, b) => {
        expect(addsNothing(a, b) && addsNothing(b, a)).toBe(JSON.stringify(asked(a)) === JSON.stringify(asked(b)));
      }),
    );
  });
});
