import { describe, expect, it } from '@jest/globals';
import { anIngress, anIngressClass, snapshotOf, type IngressShape } from '@gatehouse/testing';
import { defaultRoutingOptions } from './options.ts';
import { planStatus } from './plan-status.ts';
import { createResolver } from './resolver.ts';

const wanted = [{ ip: '192.0.2.1' }, { hostname: 'lb.example.com' }];

function plan(...shapes: readonly IngressShape[]) {
  const snapshot = snapshotOf([anIngressClass(), ...shapes.map((shape, i) => anIngress({ name: `i${i}`, ...shape }))]);
  return planStatus(createResolver(defaultRoutingOptions).resolve(snapshot, 0), wanted);
}

describe('planStatus', () => {
  it('writes where the addresses differ, and only to Ingresses of ours', () => {
    const writes = plan(
      { statusAddresses: [] },
      { statusAddresses: wanted },
      { statusAddresses: [{ ip: '192.0.2.1' }] },
      { statusAddresses: [], className: 'other' },
    );
    expect(writes.map(({ ingress }) => ingress.ref.name)).toEqual(['i0', 'i2']);
  });

  it('does not count order and repetition', () => {
    expect(plan({ statusAddresses: [wanted[1]!, wanted[0]!, wanted[1]!] })).toEqual([]);
  });

  it('tells an address from a host name', () => {
    expect(plan({ statusAddresses: [{ hostname: '192.0.2.1' }, { hostname: 'lb.example.com' }] })).toHaveLength(1);
  });

  it('writes the same list whatever order it is given in', () => {
    const resolution = createResolver(defaultRoutingOptions).resolve(snapshotOf([anIngressClass(), anIngress()]), 0);
    expect(planStatus(resolution, wanted)).toEqual(planStatus(resolution, wanted.toReversed()));
    expect(planStatus(resolution, [...wanted, ...wanted])[0]?.addresses).toHaveLength(2);
  });
});
