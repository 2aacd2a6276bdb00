import { describe, expect, it } from '@jest/globals';
import { anIngress, anIngressClass, aService, snapshotOf } from '@gatehouse/testing';
import { defaultRoutingOptions } from '../options.ts';
import { createResolver } from '../resolver.ts';

type Shape = NonNullable<Parameters<typeof anIngress>[0]>;

const HOST = 'shop.example.com';

/** What the second, younger Ingress is told of overlaps. */
function toldTo(younger: Shape, older: Shape = {}): readonly string[] {
  const ingresses = [
    anIngress({
      namespace: 'a',
      name: 'older',
      createdAtMs: 1,
      rules: [{ host: HOST, paths: [{ path: '/a' }] }],
      ...older,
    }),
    anIngress({
      namespace: 'b',
      name: 'younger',
      createdAtMs: 2,
      rules: [{ host: HOST, paths: [{ path: '/b' }] }],
      ...younger,
    }),
  ];
  const services = ['a', 'b'].map((namespace) => aService({ namespace }));
  const { problems } = createResolver(defaultRoutingOptions).resolve(
    snapshotOf([anIngressClass(), ...services, ...ingresses]),
    0,
  );
  return problems.flatMap(({ code, object, field, message }) =>
    code === 'HostOverlap' && object.name === 'younger' ? [`${field}: ${message}`] : [],
  );
}

const tls = [{ hosts: [HOST], secretName: 'own' }];

describe('a newcomer of another namespace that sets what nobody had set', () => {
  it('is told that its certificate is that of the older Ingress too', () => {
    expect(toldTo({ tls })).toEqual([
      'spec.tls[0].secretName: it sets the certificate of host "shop.example.com" also for Ingress a/older, which is in another namespace and sets none',
    ]);
  });

  it('is told that its default backend answers for the host of the older Ingress', () => {
    expect(toldTo({ defaultBackend: 'tea-svc:80' })).toEqual([
      'spec.defaultBackend: it sets the default backend of host "shop.example.com" also for Ingress a/older, which is in another namespace and sets none',
    ]);
  });
});

describe('nobody is told', () => {
  it.each<[string, Shape, Shape]>([
    ['when nothing is set', {}, {}],
    ['within one namespace', { namespace: 'a', tls, defaultBackend: 'tea-svc:80' }, {}],
    ['when the older one had set it', {}, { tls, defaultBackend: 'tea-svc:80' }],
    [
      'of a default backend that gets no requests',
      { defaultBackend: 'tea-svc:80', rules: [{ host: HOST, paths: [] }] },
      { rules: [{ host: HOST }] },
    ],
  ])('%s', (_when, younger, older) => {
    expect(toldTo(younger, older)).toEqual([]);
  });
});
