import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  anEndpointSlice,
  anIngress,
  anIngressClass,
  aService,
  snapshotOf,
  type ServiceShape,
} from '@gatehouse/testing';
import type { Backend } from '../model.ts';
import { defaultRoutingOptions } from '../options.ts';
import { createResolver } from '../resolver.ts';

const addresses = fc.uniqueArray(fc.ipV4(), { maxLength: 4 });
const ingress = anIngress({ rules: [{ paths: [{ backend: 'tea-svc:http' }] }] });
const snapshotWith = (some: readonly string[], service: ServiceShape = {}, more: readonly string[] = []) =>
  snapshotOf([
    anIngressClass(),
    ingress,
    aService(service),
    anEndpointSlice({ addresses: some }),
    anEndpointSlice({ name: 'tea-svc-2', addresses: more }),
  ]);

describe('a backend that is linked again', () => {
  const resolver = createResolver(defaultRoutingOptions);
  const resolve = (...shape: Parameters<typeof snapshotWith>): Backend | undefined => {
    const { hosts } = resolver.resolve(snapshotWith(...shape), 0).model;
    const target = hosts.flatMap(({ routes }) => routes)[0]?.target;
    return target?.kind === 'backend' ? target.backend : undefined;
  };

  it('has the endpoints that a resolve finds', () => {
    fc.assert(
      fc.property(addresses, addresses, addresses, (before, after, more) => {
        const backend = resolve(before)!;
        expect(resolver.relink(backend, snapshotWith(after, {}, more))).toEqual(resolve(after, {}, more));
      }),
    );
  });

  it('has those of its transport', () => {
    const protocols = ['TCP', 'UDP'] as const;
    const service = aService({ ports: protocols.map((protocol) => ({ name: protocol, port: 53, protocol })) });
    const slices = protocols.map((protocol, index) =>
      anEndpointSlice({
        name: `tea-svc-${index}`,
        addresses: [`10.0.0.${index}`],
        ports: [{ name: protocol, port: 53, protocol }],
      }),
    );
    const backends = ['default/tea-svc:53', 'default/tea-svc:53/UDP'].map((id) =>
      resolver.relink({ id, service: service.key, endpoints: [] }, snapshotOf([service, ...slices])),
    );
    expect(backends.map((backend) => backend?.endpoints.map(({ address }) => address))).toEqual([
      ['10.0.0.0'],
      ['10.0.0.1'],
    ]);
  });

  it.each<[string, ServiceShape]>([
    ['has another port', { ports: [{ name: 'http', port: 81, targetPort: 8080 }] }],
    ['is another', { name: 'coffee-svc' }],
    ['leads to a name', { type: 'ExternalName', externalName: 'tea.example.org' }],
  ])('is none when the Service %s', (_, service) => {
    expect(resolver.relink(resolve(['10.0.0.1'])!, snapshotWith(['10.0.0.2'], service))).toBeUndefined();
  });
});
