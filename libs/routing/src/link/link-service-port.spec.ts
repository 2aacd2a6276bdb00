import { describe, expect, it } from '@jest/globals';
import type { EndpointSlice, Service } from '@gatehouse/kube-model';
import { anEndpointSlice, aService } from '@gatehouse/testing';
import type { Compatibility } from '../options.ts';
import { linkServicePort, type WantedPort } from './link-service-port.ts';
import { readSlice } from './read-slice.ts';

const http: WantedPort = { kind: 'name', name: 'http' };
const byNumber = (number: number): WantedPort => ({ kind: 'number', number });

function link(
  wanted: WantedPort,
  {
    service = aService(),
    slices = [anEndpointSlice()],
    compatibility = 'kubernetes',
  }: {
    service?: Service;
    slices?: readonly EndpointSlice[];
    compatibility?: Compatibility;
  } = {},
) {
  const made = linkServicePort(service, wanted, {
    transport: 'TCP',
    externalNames: 'used',
    slices,
    compatibility,
    readSlice: (slice) => readSlice(slice, 'refused'),
  });
  if (made.kind !== 'linked') return `${made.kind}: ${made.reason}`;
  return { id: made.backend.id, endpoints: made.backend.endpoints.map(({ address, port }) => `${address} ${port}`) };
}

const handWritten = (slice: EndpointSlice): EndpointSlice => ({ ...slice, ref: { ...slice.ref, kind: 'Endpoints' } });

describe('linkServicePort', () => {
  it.each([
    ['number', byNumber(80)],
    ['name', http],
    ['place', { kind: 'first' } as const],
  ])('finds a port by its %s', (_, wanted) => {
    expect(link(wanted)).toEqual({ id: 'default/tea-svc:80', endpoints: ['10.1.0.1 8080'] });
  });

  it('merges all slices, sorted and without duplicates', () => {
    const slices = [
      anEndpointSlice({ name: 'b', addresses: ['10.1.0.9', '10.1.0.1'] }),
      anEndpointSlice({ name: 'a', addresses: ['10.1.0.1', '10.1.0.2'] }),
      anEndpointSlice({ name: 'six', addressType: 'IPv6', addresses: ['2001:DB8::1', '2001:db8:0::1'] }),
    ];
    expect(link(http, { slices })).toMatchObject({
      endpoints: ['10.1.0.1 8080', '10.1.0.2 8080', '10.1.0.9 8080', '2001:db8::1 8080'],
    });
  });

  it('uses endpoints that are ready or do not say, and none that is ending', () => {
    const endpoints = [
      { addresses: ['10.1.0.1'] },
      { addresses: ['10.1.0.2'], ready: true, serving: false },
      { addresses: ['10.1.0.3'], ready: false, serving: true },
      { addresses: ['10.1.0.4'], ready: true, terminating: true },
      { addresses: ['10.1.0.5'], ready: false, serving: true, terminating: true },
    ];
    expect(link(http, { slices: [anEndpointSlice({ endpoints })] })).toMatchObject({
      endpoints: ['10.1.0.1 8080', '10.1.0.2 8080'],
    });
  });

  it('looks the port up by name in each slice', () => {
    const service = aService({
      ports: [
        { name: 'http', port: 80 },
        { name: 'admin', port: 81 },
      ],
    });
    const slices = [
      anEndpointSlice({
        name: 'a',
        addresses: ['10.1.0.1'],
        ports: [
          { name: 'admin', port: 9000 },
          { name: 'http', port: 8080 },
        ],
      }),
      anEndpointSlice({ name: 'b', addresses: ['10.1.0.2'], ports: [{ name: 'http', port: 8081 }] }),
      anEndpointSlice({ name: 'c', addresses: ['10.1.0.3'], ports: [{ name: 'http', port: 8082, protocol: 'UDP' }] }),
    ];
    expect(link(byNumber(80), { service, slices })).toMatchObject({ endpoints: ['10.1.0.1 8080', '10.1.0.2 8081'] });
    expect(link(byNumber(81), { service, slices })).toMatchObject({ endpoints: ['10.1.0.1 9000'] });
  });

  it('matches an unnamed port with an unnamed port only, but for what ingress-nginx did', () => {
    const service = aService({ ports: [{ port: 80, targetPort: 8080 }] });
    const slices = [anEndpointSlice({ ports: [{ name: 'web', port: 8080 }] })];
    expect(link(byNumber(80), { service, slices })).toMatchObject({ endpoints: [] });
    expect(link(byNumber(80), { service, slices, compatibility: 'ingress-nginx' })).toMatchObject({
      endpoints: ['10.1.0.1 8080'],
    });
    expect(link(byNumber(80), { service, slices: [anEndpointSlice({ ports: [{ port: 7000 }] })] })).toMatchObject({
      endpoints: ['10.1.0.1 7000'],
    });
  });

  it('takes the number of targetPort where Endpoints were written by hand without the name', () => {
    const slices = [handWritten(anEndpointSlice({ ports: [{ port: 8080 }] }))];
    expect(link(http, { slices })).toMatchObject({ endpoints: ['10.1.0.1 8080'] });
    expect(link(http, { slices: [anEndpointSlice({ ports: [{ port: 8080 }] })] })).toMatchObject({ endpoints: [] });
  });

  it('takes the target port where a slice means every port', () => {
    const slices = [anEndpointSlice({ ports: [{ name: 'http', port: undefined }] as never })];
    expect(link(http, { slices })).toMatchObject({ endpoints: ['10.1.0.1 8080'] });
  });

  it('serves a headless Service alike', () => {
    expect(link(byNumber(80), { service: aService({ clusterIp: 'None' }) })).toMatchObject({
      endpoints: ['10.1.0.1 8080'],
    });
  });

  it.each([
    [byNumber(8080), 'port-missing: does not have the port "8080": its TCP ports are 80 (http)'],
    [{ kind: 'name', name: 'web' } as const, 'port-missing: does not have the port "web": its TCP ports are 80 (http)'],
  ])('says which ports there are instead of %j', (wanted, message) => {
    expect(link(wanted)).toBe(message);
  });

  it('does not take a UDP port', () => {
    const service = aService({ ports: [{ port: 53, protocol: 'UDP' }] });
    expect(link(byNumber(53), { service })).toBe('port-missing: does not have the port "53": it has no TCP port');
    expect(link({ kind: 'first' }, { service })).toBe('port-missing: does not have a port: it has no TCP port');
  });

  it('finds a port by its target only as ingress-nginx did', () => {
    expect(link(byNumber(8080), { compatibility: 'ingress-nginx' })).toMatchObject({ id: 'default/tea-svc:80' });
  });

  it('gives one id one content, also where two ports share a number', () => {
    const service = aService({
      ports: [
        { name: 'http', port: 80 },
        { name: 'twin', port: 80 },
      ],
    });
    const slices = [
      anEndpointSlice({
        ports: [
          { name: 'http', port: 1 },
          { name: 'twin', port: 2 },
        ],
      }),
    ];
    expect(link({ kind: 'name', name: 'twin' }, { service, slices })).toEqual(link(http, { service, slices }));
  });

  describe('of an ExternalName Service', () => {
    const external = (externalName: string, ports = [{ port: 443 }]) =>
      aService({ type: 'ExternalName', externalName, ports });

    it('is the name with the port', () => {
      expect(link(byNumber(443), { service: external('Example.com.') })).toEqual({
        id: 'default/tea-svc:443',
        endpoints: ['example.com 443'],
      });
    });

    it('needs no port on the Service', () => {
      expect(link(byNumber(8443), { service: external('example.com', []) })).toMatchObject({
        endpoints: ['example.com 8443'],
      });
      expect(link(http, { service: external('example.com', []) })).toMatch(/^port-missing/);
    });

    it('is never a name of this machine or an address', () => {
      expect(link(byNumber(443), { service: external('localhost') })).toBe(
        'external-name-refused: ("localhost") is a name of this machine',
      );
      expect(link(byNumber(443), { service: external('127.1') })).toMatch(
        /^external-name-refused: .* loopback address/,
      );
    });
  });
});
