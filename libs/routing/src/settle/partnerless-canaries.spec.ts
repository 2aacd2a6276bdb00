import { describe, expect, it } from '@jest/globals';
import type { Problem } from '@gatehouse/core';
import type { AnyObject } from '@gatehouse/kube-model';
import { anIngress, anIngressClass, aService, snapshotOf } from '@gatehouse/testing';
import { defaultRoutingOptions, type Compatibility } from '../options.ts';
import { createResolver } from '../resolver.ts';

const canaryOf = (host: string, path: string, pathType = 'Prefix') =>
  anIngress({
    name: 'canary',
    annotations: { 'nginx.ingress.kubernetes.io/canary': 'true' },
    rules: [
      {
        host,
        paths: [
          { path: '/', pathType: 'Prefix' },
          { path, pathType },
        ],
      },
    ],
  });

const main = anIngress({
  name: 'main',
  rules: [
    { host: 'shop.example.com', paths: [{ path: '/' }, { path: '/tea' }] },
    { host: 'other.example.com', paths: [{ path: '/' }, { path: '/coffee' }] },
  ],
});

const isOfCanary = ({ code }: Problem): boolean => code === 'CanaryWithoutPartner';

function toldOf(objects: readonly AnyObject[], compatibility: Compatibility = 'kubernetes'): readonly Problem[] {
  const snapshot = snapshotOf([anIngressClass(), aService(), ...objects]);
  return createResolver({ ...defaultRoutingOptions, compatibility })
    .resolve(snapshot, 0)
    .problems.filter(isOfCanary);
}

describe('a canary', () => {
  it('is told of the path that no other Ingress has on its host', () => {
    expect(toldOf([main, canaryOf('shop.example.com', '/coffee')])).toEqual([
      {
        code: 'CanaryWithoutPartner',
        object: { kind: 'Ingress', namespace: 'default', name: 'canary' },
        field: 'spec.rules[0].http.paths[1]',
        message:
          'no other Ingress has the path "/coffee" of host "shop.example.com", whose requests the canary would share',
      },
    ]);
  });

  it('is told nothing when another Ingress has all its paths', () => {
    expect(toldOf([main, canaryOf('shop.example.com', '/tea')])).toEqual([]);
  });

  it.each<[string, string]>([
    ['/tea', 'Exact'],
    ['/te', 'Prefix'],
  ])('has to name the path %s as %s, as the other Ingress does', (path, pathType) => {
    expect(toldOf([main, canaryOf('shop.example.com', path, pathType)])).toHaveLength(1);
  });

  it('finds no partner in another canary', () => {
    const second = { ...canaryOf('shop.example.com', '/coffee'), key: 'default/second' as typeof main.key };
    expect(toldOf([main, canaryOf('shop.example.com', '/coffee'), second])).toHaveLength(2);
  });

  it('finds its partner on a host whose paths are all expressions, as ingress-nginx serves it', () => {
    const expression = anIngress({
      name: 'expression',
      annotations: { 'nginx.ingress.kubernetes.io/use-regex': 'true' },
      rules: [{ host: 'shop.example.com', paths: [{ path: '/x(.*)', pathType: 'ImplementationSpecific' }] }],
    });
    expect(toldOf([main, expression, canaryOf('shop.example.com', '/tea')], 'ingress-nginx')).toEqual([]);
  });

  it('is told the very same as long as nothing changes, and no more once its partner has come', () => {
    const resolver = createResolver(defaultRoutingOptions);
    const around = [anIngressClass(), aService(), canaryOf('other.example.com', '/coffee')];
    const alone = snapshotOf(around);
    const told = resolver.resolve(alone, 0).problems.filter(isOfCanary);
    expect(told).toHaveLength(2);
    expect(resolver.resolve({ ...alone }, 0).problems.find(isOfCanary)).toBe(told[0]);
    expect(resolver.resolve(snapshotOf([...around, main]), 0).problems.filter(isOfCanary)).toEqual([]);
  });
});
