/**
 * Duty: what the rules of libs/endpoint-dns are for: a real nginx that learns of endpoints by our DNS server, and is
 * never reloaded.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { startEndpointDns, type EndpointDns } from '@gatehouse/endpoint-dns';
import type { Endpoint } from '@gatehouse/pipeline';
import { freePort, until } from '@gatehouse/testing';
import { configOf, makePlace, startBareNginx, testedCapabilities, type BareNginx } from './harness/bare-nginx.ts';

const SHORT = 'shortshortshorts';
const HASHED = 'hashedhashedhash';
const LATE = 'latelatelatelate';
const bulk = Array.from({ length: 1000 }, (_, index) => `bulk${letters(index)}aaaaaaaaaaaa`);

function letters(index: number): string {
  return [26 * 26, 26, 1].map((value) => String.fromCharCode(97 + (Math.floor(index / value) % 26))).join('');
}

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const canResolve = testedCapabilities().upstreamResolve;

(canResolve ? describe : describe.skip)(
  'endpoints by DNS (on an nginx that has `resolve` in upstreams: 1.27.3)',
  () => {
    let backend: Server;
    let port: number;
    let nginx: BareNginx;
    let dns: EndpointDns;
    let startDns: () => Promise<EndpointDns>;

    /** Every address of loopback is another endpoint; the backend says at which it was asked. */
    const at = (address: string, weight = 1): Endpoint => ({ address, port, weight });
    const ask = async (path: string): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${nginx.httpPort}${path}`);
      return response.status === 200 ? response.text() : String(response.status);
    };
    const set = (name: string, ...endpoints: readonly Endpoint[]): void => dns.set([{ name, endpoints }]);

    beforeAll(async () => {
      backend = createServer((request, response) => response.end(request.socket.localAddress));
      await new Promise<void>((resolve) => backend.listen(0, '::', resolve));
      port = (backend.address() as AddressInfo).port;
      const dnsPort = await freePort();
      startDns = () =>
        startEndpointDns({
          host: '127.0.0.1',
          port: dnsPort,
          holdMs: 3000,
          noEndpointsAddress: '127.0.0.2',
          nobodyAddress: '127.0.0.3',
          loopbackEndpoints: 'allowed',
          onFault: () => undefined,
        });
      dns = await startDns();
      dns.set([
        ...bulk.map((name) => ({ name, endpoints: [at('127.0.0.1')] })),
        { name: SHORT, endpoints: [at('127.0.0.1')] },
        { name: HASHED, endpoints: [at('127.0.0.1')] },
      ]);
      const upstream = (name: string, ...lines: readonly string[]): string =>
        `upstream ${name} { zone endpoints; ${lines.join(' ')} server ${name}.gatehouse service=e resolve max_fails=0; }`;
      const names = bulk.map((name) => upstream(name)).join('\n');
      const place = await makePlace();
      nginx = await startBareNginx(
        place,
        configOf(
          place,
          `resolver 127.0.0.1:${dnsPort}; resolver_timeout 5s; proxy_next_upstream off; proxy_set_header Connection close;
        upstream ${SHORT} { zone endpoints 32m; server ${SHORT}.gatehouse service=e resolve max_fails=0; }
        ${upstream(HASHED, 'hash $arg_key consistent;')} ${upstream(LATE)} ${names}
        map $uri $bulk { "~^/bulk/(?<found>[a-z]+)$" $found; default ""; }
        server { listen 127.0.0.2:${dnsPort}; location / { return 503; } }
        server { LISTEN; location /bulk/ { proxy_pass http://$bulk; }
          location /short { proxy_pass http://${SHORT}; }
          location /hashed { proxy_pass http://${HASHED}; }
          location /late { proxy_pass http://${LATE}; } }`,
        ),
      );
    });

    afterAll(async () => {
      await nginx.close();
      await dns.close();
      backend.closeAllConnections();
      await new Promise((resolve) => backend.close(resolve));
    });

    it('come to a thousand upstreams after a start, none left for a later sending', async () => {
      const startedMs = performance.now();
      const missing = new Set(bulk);
      while (missing.size > 0 && performance.now() - startedMs < 4500) {
        const asked = [...missing].slice(0, 50);
        const answers = await Promise.all(asked.map((name) => ask(`/bulk/${name}`)));
        asked.forEach((name, index) => answers[index] === '::ffff:127.0.0.1' && missing.delete(name));
      }
      expect(missing.size).toBe(0);
    });

    it('are used within milliseconds of a change', async () => {
      const took: number[] = [];
      for (let round = 2; round < 12; round++) {
        // nginx pauses for a second after each answer.
        await new Promise((resolve) => setTimeout(resolve, 1100));
        const changedMs = performance.now();
        set(SHORT, at(`127.0.0.${round}`));
        await until(async () => (await ask('/short')) === `::ffff:127.0.0.${round}`);
        took.push(performance.now() - changedMs);
      }
      const [, , , , , median = Infinity] = took.sort((one, other) => one - other);
      console.log(`change of endpoints until used: ${took.map(Math.round).join(' ')} ms`);
      expect(median).toBeLessThan(300);
    });

    it('when there are none are answered for with 503, and are there again at once', async () => {
      await new Promise((resolve) => setTimeout(resolve, 1100));
      set(SHORT);
      await until(async () => (await ask('/short')) === '503');
      set(SHORT, at('127.0.0.1'));
      await until(async () => (await ask('/short')) === '::ffff:127.0.0.1');
    });

    it('get what their weights say', async () => {
      set(SHORT, at('127.0.0.1', 1), at('127.0.0.2', 3));
      await until(async () => (await ask('/short')) === '::ffff:127.0.0.2');
      const counts: Record<string, number> = {};
      for (let asked = 0; asked < 40; asked++) {
        const answer = await ask('/short');
        counts[answer] = (counts[answer] ?? 0) + 1;
      }
      // Each worker process counts for itself.
      expect(counts['::ffff:127.0.0.1']).toBeGreaterThanOrEqual(8);
      expect(counts['::ffff:127.0.0.1']).toBeLessThanOrEqual(12);
      expect(counts['::ffff:127.0.0.2']).toBe(40 - (counts['::ffff:127.0.0.1'] ?? 0));
    });

    (hasIpv6 ? it : it.skip)('may be of both families (on a machine that has ::1)', async () => {
      set(SHORT, at('::1'));
      await until(async () => (await ask('/short')) === '::1');
      set(SHORT, at('::1'), at('127.0.0.1'));
      await until(async () => (await ask('/short')) === '::ffff:127.0.0.1');
      await until(async () => (await ask('/short')) === '::1');
    });

    it('keep their keys with `hash … consistent` when another goes', async () => {
      const keys = Array.from({ length: 100 }, (_, key) => key);
      const placesOf = (): Promise<readonly string[]> => Promise.all(keys.map((key) => ask(`/hashed?key=${key}`)));
      const all = [1, 2, 3, 4, 5].map((last) => at(`127.0.0.${last}`));
      set(HASHED, ...all);
      await until(async () => new Set(await placesOf()).size === 5);
      const before = await placesOf();
      set(HASHED, ...all.slice(1));
      await until(async () => !(await placesOf()).includes('::ffff:127.0.0.1'));
      const after = await placesOf();
      const moved = keys.filter((key) => before[key] !== after[key]);
      expect(moved).toEqual(keys.filter((key) => before[key] === '::ffff:127.0.0.1'));
      expect(moved.length).toBeGreaterThan(0);
    });

    it('may be more than fit into a datagram', async () => {
      const addresses = Array.from({ length: 600 }, (_, index) => `127.0.${1 + (index >> 8)}.${index & 255}`);
      set(SHORT, ...addresses.map((address) => at(address)));
      const seen = new Set<string>();
      await until(async () => {
        for (const answer of await Promise.all(Array.from({ length: 50 }, () => ask('/short')))) seen.add(answer);
        return addresses.every((address) => seen.has(`::ffff:${address}`));
      });
      set(SHORT, at('127.0.0.1'));
      await until(async () => (await ask('/short')) === '::ffff:127.0.0.1');
    });

    it('that are known late are used as soon as they are known', async () => {
      expect(await ask('/late')).toBe('502');
      set(LATE, at('127.0.0.7'));
      await until(async () => (await ask('/late')) === '::ffff:127.0.0.7');
    });

    it('stay when the DNS server is gone, and change again when it is back', async () => {
      await dns.close();
      expect(await ask('/short')).toBe('::ffff:127.0.0.1');
      await new Promise((resolve) => setTimeout(resolve, 7000));
      expect(await ask('/short')).toBe('::ffff:127.0.0.1');
      dns = await startDns();
      // Names that are not known yet are no reason to drop what there is.
      await new Promise((resolve) => setTimeout(resolve, 4000));
      expect(await ask('/short')).toBe('::ffff:127.0.0.1');
      set(SHORT, at('127.0.0.9'));
      await until(async () => (await ask('/short')) === '::ffff:127.0.0.9');
    });

    it('were told without one answer that nginx did not wait for', () => {
      expect(nginx.output()).not.toMatch(/wrong ident|unexpected|memory exhausted|no memory/);
    });
  },
);
