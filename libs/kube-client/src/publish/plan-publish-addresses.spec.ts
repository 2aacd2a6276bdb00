import { describe, expect, it } from '@jest/globals';
import type { StatusAddress } from '@gatehouse/kube-model';
import { aService } from '@gatehouse/testing';
import fc from 'fast-check';
import { planPublishAddresses, type NodeAddress } from './plan-publish-addresses.ts';

const one = { ip: '192.0.2.1' };
const loadBalancer = {
  type: 'LoadBalancer',
  loadBalancerAddresses: [{ hostname: 'lb.example.com' }, one],
} as const;

describe('the addresses to publish', () => {
  it.each([
    ['a ClusterIP Service: its address', { type: 'ClusterIP', clusterIp: '10.96.0.10' }, [{ ip: '10.96.0.10' }]],
    ['a headless Service: none', { type: 'ClusterIP', clusterIp: 'None' }, []],
    ['a NodePort Service: its address', { type: 'NodePort', clusterIp: '10.96.0.10' }, [{ ip: '10.96.0.10' }]],
    [
      'a NodePort Service with external addresses: those',
      { type: 'NodePort', externalIps: ['198.51.100.2', '198.51.100.1'] },
      [{ ip: '198.51.100.1' }, { ip: '198.51.100.2' }],
    ],
    [
      'an ExternalName Service: its name',
      { type: 'ExternalName', externalName: 'a.example' },
      [{ hostname: 'a.example' }],
    ],
    ['an ExternalName Service that names an address: that', { type: 'ExternalName', externalName: '192.0.2.1' }, [one]],
    ['a LoadBalancer Service: those of the load balancer', loadBalancer, [{ hostname: 'lb.example.com' }, one]],
    [
      'a LoadBalancer Service with external addresses: all of them',
      { ...loadBalancer, externalIps: ['2001:db8::1', '192.0.2.1'] },
      [{ hostname: 'lb.example.com' }, one, { ip: '2001:db8::1' }],
    ],
    ['a LoadBalancer Service that has none yet: none', { type: 'LoadBalancer' }, []],
  ] as const)('of %s', (_, shape, expected) => {
    expect(planPublishAddresses({ kind: 'service', service: aService(shape) })).toEqual(expected);
  });

  const nodes = [
    [
      { type: 'InternalIP', address: '10.0.0.2' },
      { type: 'Hostname', address: 'node-2' },
    ],
    [
      { type: 'InternalIP', address: '10.0.0.1' },
      { type: 'ExternalIP', address: '198.51.100.1' },
      { type: 'ExternalIP', address: '2001:db8::1' },
    ],
  ];

  it('of nodes are the external ones, or else the internal ones, of each', () => {
    expect(planPublishAddresses({ kind: 'nodes', nodes, isInternalWanted: false })).toEqual([
      { ip: '10.0.0.2' },
      { ip: '198.51.100.1' },
      { ip: '2001:db8::1' },
    ]);
  });

  it('of nodes are the internal ones when those are asked for', () => {
    expect(planPublishAddresses({ kind: 'nodes', nodes, isInternalWanted: true })).toEqual([
      { ip: '10.0.0.1' },
      { ip: '10.0.0.2' },
    ]);
  });

  it.each([
    [{ ip: 'fe80::1%eth0' }],
    [{ ip: '192.0.2' }],
    [{ ip: '(malformed)' }],
    [{ hostname: 'Upper.example' }],
    [{ hostname: 'None' }],
    [{ hostname: '192.0.2.1' }],
    [{ hostname: 'a..b' }],
    [{}],
  ])('leave out %j, which the API would refuse', (address: StatusAddress) => {
    expect(planPublishAddresses({ kind: 'given', addresses: [address, one] })).toEqual([one]);
  });

  it('come in one order, each once, whatever order they are found in', () => {
    const address: fc.Arbitrary<NodeAddress> = fc.record({
      type: fc.constantFrom('InternalIP', 'ExternalIP', 'Hostname'),
      address: fc.constantFrom('10.0.0.1', '10.0.0.2', 'node', '2001:db8::1', ''),
    });
    const shuffled = fc
      .array(fc.array(address, { maxLength: 4 }), { maxLength: 4 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(shuffled, fc.boolean(), ([list, other], isInternalWanted) => {
        const planned = planPublishAddresses({ kind: 'nodes', nodes: list, isInternalWanted });
        expect(planPublishAddresses({ kind: 'nodes', nodes: other, isInternalWanted })).toEqual(planned);
        expect(new Set(planned.map(({ ip, hostname }) => ip ?? hostname)).size).toBe(planned.length);
      }),
    );
  });
});
