import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Resolver } from 'node:dns/promises';
import { freePort, until } from '@gatehouse/testing';
import type { EndpointChange } from '@gatehouse/pipeline';
import { startEndpointDns, type EndpointDns, type EndpointDnsOptions } from './start-endpoint-dns.ts';

const NAME = 'abcdefghijklmnop';
const QUESTION = `_e._tcp.${NAME}.gatehouse`;
const set = (address: string): readonly EndpointChange[] => [
  { name: NAME, endpoints: [{ address, port: 80, weight: 1 }] },
];

describe('startEndpointDns', () => {
  let options: EndpointDnsOptions;
  let dns: EndpointDns;
  let faults: Error[];

  /** What a resolver other than ours understands. */
  const addresses = async (): Promise<readonly string[]> => {
    const resolver = new Resolver({ timeout: 2000, tries: 3 });
    resolver.setServers([`127.0.0.1:${options.port}`]);
    const targets = await resolver.resolveSrv(QUESTION);
    return (await Promise.all(targets.map(({ name }) => resolver.resolve4(name)))).flat();
  };

  beforeEach(async () => {
    faults = [];
    options = {
      host: '127.0.0.1',
      port: await freePort(),
      holdMs: 1000,
      noEndpointsAddress: '127.0.0.2',
      nobodyAddress: '127.0.0.3',
      loopbackEndpoints: 'refused',
      onFault: (fault) => faults.push(fault),
    };
    dns = await startEndpointDns(options);
  });

  afterEach(() => dns.close());

  it('is understood by any resolver', async () => {
    dns.set(set('10.0.0.1'));
    expect(await addresses()).toEqual(['10.0.0.1']);
    dns.set(set('10.0.0.2'));
    await until(async () => (await addresses()).includes('10.0.0.2'));
  });

  it('takes none of the changes when one of them is not as it has to be', async () => {
    dns.set(set('10.0.0.1'));
    expect(() => dns.set([...set('10.0.0.2'), { name: 'bad', endpoints: [] }])).toThrow('16 to 40');
    expect(() => dns.set(set('127.0.0.1'))).toThrow('not proxied to');
    expect(await addresses()).toEqual(['10.0.0.1']);
  });

  it('cannot start where somebody else listens', async () => {
    await expect(startEndpointDns(options)).rejects.toMatchObject({ cause: { code: 'EADDRINUSE' } });
  });

  it('finds a port by itself for those who do not care', async () => {
    const other = await startEndpointDns({ ...options, port: 'free' });
    expect(other.port).toBeGreaterThanOrEqual(15_000);
    await other.close();
  });

  it('knows when somebody new has been told everything', async () => {
    dns.set(set('10.0.0.1'));
    await until(async () => (await addresses()).length === 1);
    expect(await dns.watchTelling([QUESTION], 200)).toBe(false);
    const watched = dns.watchTelling([QUESTION], 10_000);
    expect(await addresses()).toEqual(['10.0.0.1']);
    expect(await watched).toBe(true);
    expect(await dns.watchTelling([], 10_000)).toBe(true);
  });

  it('counts what it is asked', async () => {
    dns.set(set('10.0.0.1'));
    await addresses();
    await until(() => (dns.counts()?.answers ?? 0) >= 2);
    expect(dns.counts()).toMatchObject({ rejected: 0, held: 0 });
  });
});
