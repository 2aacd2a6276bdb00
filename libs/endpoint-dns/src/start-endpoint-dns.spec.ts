import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Resolver } from 'node:dns/promises';
import { freePort, until } from '@gatehouse/testing';
import type { EndpointChange } from './endpoint-feed.ts';
import { startEndpointDns, type EndpointDns, type EndpointDnsOptions } from './start-endpoint-dns.ts';

const NAME = 'abcdefghijklmnop';
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
    const targets = await resolver.resolveSrv(`_e._tcp.${NAME}.gatehouse`);
    return (await Promise.all(targets.map(({ name }) => resolver.resolve4(name)))).flat();
  };

  beforeEach(async () => {
    faults = [];
    options = {
      host: '127.0.0.1',
      port: await freePort(),
      holdMs: 1000,
      sentinel: { address: '127.0.0.1', port: 9503 },
      loopbackEndpoints: 'refused',
      onFault: (fault) => faults.push(fault),
    };
    dns = await startEndpointDns(options);
  });

  afterEach(() => dns.close());

  it('is understood by any resolver', async () => {
    dns.feed.set(set('10.0.0.1'));
    expect(await addresses()).toEqual(['10.0.0.1']);
    dns.feed.set(set('10.0.0.2'));
    await until(async () => (await addresses()).includes('10.0.0.2'));
  });

  it('takes none of the changes when one of them is not as it has to be', async () => {
    dns.feed.set(set('10.0.0.1'));
    expect(() => dns.feed.set([...set('10.0.0.2'), { name: 'bad', endpoints: [] }])).toThrow('16 to 40');
    expect(() => dns.feed.set(set('127.0.0.1'))).toThrow('not proxied to');
    expect(await addresses()).toEqual(['10.0.0.1']);
  });

  it('cannot start where somebody else listens', async () => {
    await expect(startEndpointDns(options)).rejects.toMatchObject({ cause: { code: 'EADDRINUSE' } });
  });

  it('counts what it is asked', async () => {
    dns.feed.set(set('10.0.0.1'));
    await addresses();
    await until(() => (dns.counts()?.answers ?? 0) >= 2);
    expect(dns.counts()).toMatchObject({ rejected: 0, held: 0 });
  });
});
