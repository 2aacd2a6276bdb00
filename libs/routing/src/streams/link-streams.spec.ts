import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { objectKey } from '@gatehouse/core';
import type { AnyObject } from '@gatehouse/kube-model';
import {
  aConfigMap,
  aService,
  anEndpointSlice,
  resolveObjects,
  snapshotOf,
  type ResolvedObjects,
} from '@gatehouse/testing';
import { defaultRoutingOptions, type RoutingOptions } from '../options.ts';
import { createResolver } from '../resolver.ts';

const flags: Partial<RoutingOptions> = {
  tcpServicesConfigMap: objectKey('system', 'tcp'),
  udpServicesConfigMap: objectKey('system', 'udp'),
  ownPorts: [80, 443],
};

const dns: readonly AnyObject[] = [
  aService({
    name: 'dns',
    ports: [
      { name: 'dns-tcp', port: 53, targetPort: 5353 },
      { name: 'dns', port: 53, targetPort: 5353, protocol: 'UDP' },
    ],
  }),
  anEndpointSlice({
    service: 'dns',
    addresses: ['10.1.0.2', '10.1.0.1'],
    ports: [
      { name: 'dns-tcp', port: 5353 },
      { name: 'dns', port: 5354, protocol: 'UDP' },
    ],
  }),
];

type Entries = Readonly<Record<string, string>>;

function resolveStreams(
  { tcp = {}, udp = {} }: { readonly tcp?: Entries; readonly udp?: Entries },
  {
    objects = dns,
    options = {},
  }: { readonly objects?: readonly AnyObject[]; readonly options?: Partial<RoutingOptions> } = {},
): ResolvedObjects & { readonly streams: readonly string[] } {
  const configMaps = [
    aConfigMap({ namespace: 'system', name: 'tcp', data: tcp }),
    aConfigMap({ namespace: 'system', name: 'udp', data: udp }),
  ];
  const resolved = resolveObjects([...configMaps, ...objects], { ...flags, ...options });
  const streams = resolved.model.streams.map((stream) => {
    const words = [stream.takesProxyProtocol && 'takes', stream.sendsProxyProtocol && 'sends'].filter(Boolean);
    const endpoints = stream.backend.endpoints.map(({ address, port }) => `${address}:${port}`).join(',');
    return [stream.transport, stream.port, stream.backend.id, endpoints, ...words].join(' ');
  });
  return { ...resolved, streams };
}

describe('TCP and UDP services', () => {
  it('lead to the ready endpoints of a port of their protocol, by number and by name', () => {
    const { streams, problems } = resolveStreams({
      tcp: { '9000': 'default/dns:53', '9001': 'default/dns:dns-tcp' },
      udp: { '9000': 'default/dns:53' },
    });
    expect(streams).toEqual([
      'TCP 9000 default/dns:53 10.1.0.1:5353,10.1.0.2:5353',
      'TCP 9001 default/dns:53 10.1.0.1:5353,10.1.0.2:5353',
      'UDP 9000 default/dns:53/UDP 10.1.0.1:5354,10.1.0.2:5354',
    ]);
    expect(problems).toEqual([]);
  });

  it('know the PROXY protocol both ways, over TCP only', () => {
    const { streams, problems } = resolveStreams({
      tcp: { '1': 'default/dns:53:PROXY', '2': 'default/dns:53::PROXY', '3': 'default/dns:53:PROXY:PROXY' },
      udp: { '4': 'default/dns:53:PROXY' },
    });
    expect(streams.map((stream) => stream.replace(/default.*535\d/, ''))).toEqual([
      'TCP 1  takes',
      'TCP 2  sends',
      'TCP 3  takes sends',
      'UDP 4 ',
    ]);
    expect(problems).toEqual(['StreamProxyProtocolIgnored ConfigMap/udp data[4]']);
  });

  it('come from the ConfigMap and field that ask for them', () => {
    const { model } = resolveStreams({ tcp: { '080': 'default/dns:53' } }, { options: { ownPorts: [] } });
    const object = { kind: 'ConfigMap', namespace: 'system', name: 'tcp' };
    expect(model.streams.map(({ origin }) => origin)).toEqual([{ object, field: 'data[080]' }]);
  });

  it.each([
    ['x', 'default/dns:53', 'StreamInvalid ConfigMap/tcp data[x]'],
    ['70000', 'default/dns:53', 'StreamInvalid ConfigMap/tcp data[70000]'],
    ['9', 'dns:53', 'StreamInvalid ConfigMap/tcp data[9]'],
    ['443', 'default/dns:53', 'StreamPortTaken ConfigMap/tcp data[443]'],
    ['0443', 'default/dns:53', 'StreamPortTaken ConfigMap/tcp data[0443]'],
    ['09000', 'default/dns:53', 'StreamPortTaken ConfigMap/tcp data[09000]'],
    ['9', 'default/none:53', 'ServiceMissing ConfigMap/tcp data[9]'],
    ['9', 'default/dns:54', 'ServicePortMissing ConfigMap/tcp data[9] → dns'],
    ['9', 'default/dns:dns', 'ServicePortMissing ConfigMap/tcp data[9] → dns'],
  ])('lose an entry that is wrong, and no other: %s: %s', (key, value, problem) => {
    const { streams, problems } = resolveStreams({ tcp: { [key]: value, '9000': 'default/dns:53' } });
    expect(streams).toEqual(['TCP 9000 default/dns:53 10.1.0.1:5353,10.1.0.2:5353']);
    expect(problems).toEqual([problem]);
  });

  it('may use the number of one of our own ports for UDP', () => {
    expect(resolveStreams({ udp: { '443': 'default/dns:53' } }).streams).toHaveLength(1);
  });

  it('stay in the model without endpoints, and say so', () => {
    const { streams, problems } = resolveStreams({ tcp: { '9': 'default/dns:53' } }, { objects: dns.slice(0, 1) });
    expect(streams).toEqual(['TCP 9 default/dns:53 ']);
    expect(problems).toEqual(['ServiceHasNoEndpoints ConfigMap/tcp data[9] → dns']);
  });

  it('judge addresses and external names as routes do', () => {
    const objects = [
      ...dns,
      anEndpointSlice({
        service: 'dns',
        name: 'dns-2',
        addresses: ['169.254.169.254'],
        ports: [{ name: 'dns-tcp', port: 1 }],
      }),
      aService({ name: 'out', type: 'ExternalName', externalName: 'db.example.com', ports: [] }),
      aService({ name: 'self', type: 'ExternalName', externalName: 'localhost', ports: [] }),
    ];
    const tcp = { '1': 'default/out:5432', '2': 'default/self:5432', '3': 'default/dns:53' };
    const { streams, problems } = resolveStreams({ tcp }, { objects });
    expect(streams).toEqual([
      'TCP 1 default/out:5432 db.example.com:5432',
      'TCP 3 default/dns:53 10.1.0.1:5353,10.1.0.2:5353',
    ]);
    expect(problems).toEqual([
      'ExternalNameForbidden ConfigMap/tcp data[2] → self',
      'EndpointAddressRefused EndpointSlice/dns-2 endpoints[0].addresses[0]',
    ]);
    const ignoring = resolveStreams(
      { tcp: { '1': 'default/out:5432' } },
      { objects, options: { ignoreExternalNames: true } },
    );
    expect(ignoring.streams).toEqual([]);
    expect(ignoring.problems).toEqual(['ExternalNameInvalid ConfigMap/tcp data[1] → out']);
  });

  it('stay within the only namespace that is served, and may be asked for from another', () => {
    const tcp = { '1': 'default/dns:53', '2': 'other/dns:53' };
    const { streams, problems } = resolveStreams({ tcp }, { options: { watchNamespace: 'default' } });
    expect(streams).toEqual(['TCP 1 default/dns:53 10.1.0.1:5353,10.1.0.2:5353']);
    expect(problems).toEqual(['StreamServiceForeign ConfigMap/tcp data[2]']);
  });

  it('say when the ConfigMap is missing', () => {
    expect(resolveObjects([], { tcpServicesConfigMap: objectKey('a', 'b') }).problems).toEqual([
      'ConfigMapMissing ConfigMap/b ',
    ]);
  });

  it('are the same objects as long as nothing that they are made of changes', () => {
    const resolver = createResolver({ ...defaultRoutingOptions, ...flags });
    const tcp = aConfigMap({ namespace: 'system', name: 'tcp', data: { '9': 'default/dns:53' } });
    const resolve = (...more: readonly AnyObject[]) =>
      resolver.resolve(snapshotOf([tcp, ...dns, ...more]), 0).model.streams;
    const first = resolve();
    expect(resolve(aService({ name: 'another' }))).toBe(first);
    const second = resolve(
      anEndpointSlice({
        service: 'dns',
        name: 'dns-2',
        addresses: ['10.1.0.9'],
        ports: [{ name: 'dns-tcp', port: 1 }],
      }),
    );
    expect(second[0]?.backend.endpoints).toHaveLength(3);
  });

  it('do not depend on the order of the entries, and one entry changes no other', () => {
    const key = fc.constantFrom('80', '81', '081', '82', 'x', '99999');
    const value = fc.constantFrom(
      'default/dns:53',
      'default/dns:1',
      'default/none:53',
      'nonsense',
      'default/dns:53:PROXY',
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, value), { selector: ([one]) => one }), (entries) => {
        const all = resolveStreams({ tcp: Object.fromEntries(entries) });
        expect(resolveStreams({ tcp: Object.fromEntries(entries.toReversed()) }).streams).toEqual(all.streams);
        const alone = entries
          .filter(([one]) => !(one === '081' && entries.some(([other]) => other === '81')))
          .flatMap((entry) => resolveStreams({ tcp: Object.fromEntries([entry]) }).streams);
        expect(all.streams.toSorted()).toEqual(alone.toSorted());
      }),
      { numRuns: 40 },
    );
  });
});
