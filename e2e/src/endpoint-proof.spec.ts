/**
 * Duty: that a running nginx is asked which endpoints it has without any of them hearing of it, and that others than it
 * was told are found and mended.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { networkInterfaces, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEndpointDns, type EndpointDns } from '@gatehouse/endpoint-dns';
import { createRenderer, type Bundle, NO_ENDPOINTS_ADDRESS, NOBODY_ADDRESS } from '@gatehouse/nginx';
import { createLocalSupervisor, createNginxProcess, findNginx } from '@gatehouse/nginx-process';
import type { NginxProcess } from '@gatehouse/pipeline';
import type { Backend } from '@gatehouse/routing';
import {
  aBackend,
  aHost,
  aModel,
  aRoute,
  makeNginxSandbox,
  RecordingLogger,
  systemClock,
  until,
  workersIn,
  type NginxSandbox,
} from '@gatehouse/testing';
import { testedCapabilities } from './harness/bare-nginx.ts';
import { connectionsBegun, get, listen } from './harness/loopback.ts';
import { startDnsRelay, type DnsRelay } from './harness/dns-relay.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const capabilities = testedCapabilities();
/** Debian's libfaketime; it tells the processes that it is loaded into whatever wall time a file says. */
const LIBRARY = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`;
const DAY_MS = 24 * 60 * 60 * 1000;

(capabilities.upstreamKeepaliveByDefault ? describe : describe.skip)(
  'the endpoints that nginx has (on one that keeps connections of locations apart: 1.29.7)',
  () => {
    let sandbox: NginxSandbox;
    let logger: RecordingLogger;
    let dns: EndpointDns;
    let relay: DnsRelay | undefined;
    let nginx: NginxProcess | undefined;
    let names: ReadonlyMap<string, string>;
    let drifts: string[];
    let comparedMs: number;
    let relearned: string[];
    let skewMs: number;
    let binary: string;

    beforeEach(async () => {
      sandbox = await makeNginxSandbox();
      logger = new RecordingLogger();
      [relay, names, drifts, relearned, comparedMs, skewMs, binary] = [undefined, new Map(), [], [], 0, 0, ''];
    });
    afterEach(async () => {
      await nginx?.stop(0);
      await dns.close();
      relay?.close();
      await sandbox.remove();
    });

    const startDns = async (loopbackEndpoints: 'allowed' | 'refused'): Promise<void> => {
      dns = await startEndpointDns({
        host: '127.0.0.1',
        port: 'free',
        noEndpointsAddress: NO_ENDPOINTS_ADDRESS,
        nobodyAddress: NOBODY_ADDRESS,
        loopbackEndpoints,
        onFault: (error) => logger.error(error.message),
      });
    };
    const bundleOf = (...backends: readonly Backend[]): Bundle => {
      const options = {
        capabilities,
        http: [{ address: '127.0.0.1', port: sandbox.port }],
        https: [],
        runtimeDirectory: sandbox.directory,
        endpointDnsPort: relay?.port ?? dns.port,
        processors: 1,
        ...(userInfo().uid === 0 ? { workerUser: 'root' } : {}),
      };
      const routes = backends.map((backend) => aRoute({ path: `/${nameOf(backend)}`, backend }));
      return createRenderer(options).render(aModel([aHost({ name: '', routes })]));
    };
    /** An nginx that knows the endpoints of `backends`, each under a path that is called like its Service. */
    const start = async (...backends: readonly Backend[]): Promise<void> => {
      const found = await findNginx({ named: binary, searchPath: process.env['PATH'] ?? '' });
      const bundle = bundleOf(...backends);
      names = new Map([...bundle.told].map(([name, backend]) => [nameOf(backend), name]));
      const place = { runtimeDirectory: sandbox.directory, logger };
      const supervisor = createLocalSupervisor({
        ...place,
        binary: found.ok ? found.value : '',
        endpoints: dns,
        clock: { ...systemClock, nowMs: () => systemClock.nowMs() + skewMs },
        proof: {
          onDrift: (_, upstreams) => {
            drifts.push(...upstreams);
          },
          onCompared: (atMs) => {
            comparedMs = atMs;
          },
          onRelearning: () => relearned.push('reload'),
        },
      });
      nginx = createNginxProcess({ ...place, supervisor });
      await nginx.setEndpoints(bundle.told, 'all');
      await nginx.apply(bundle);
    };
    const tell = async (backend: Backend): Promise<void> =>
      nginx?.setEndpoints(new Map([[upstreamOf(nameOf(backend)), backend]]), 'changes');
    const upstreamOf = (service: string): string => names.get(service) ?? 'no such upstream';
    /** What nginx says that it has, in order. */
    const peers = async (service: string, family = '4'): Promise<string> => {
      const socketPath = join(sandbox.directory, 'proxy/proof.sock');
      const answer = await get({ socketPath, path: `/peers/${family}/${upstreamOf(service)}` });
      return answer.replace('peers ', '').split(', ').sort().join(' ');
    };
    const workers = (): string => workersIn(sandbox.directory);

    it('are told by it, whatever their number and family, and none of them is connected to', async () => {
      await startDns('refused');
      const many = Array.from({ length: 200 }, (_, index) => `192.0.2.${index + 1}:8080`);
      await start(aBackend('many', many), aBackend('one', ['198.51.100.1:80']), aBackend('none', []));
      await until(() => comparedMs > 0);
      const before = connectionsBegun();
      for (let round = 0; round < 5; round++) {
        expect(await peers('many')).toBe([...many].sort().join(' '));
        expect(await peers('one')).toBe('198.51.100.1:80');
      }
      expect(connectionsBegun() - before).toBe(0);
      expect(await peers('none')).toBe(`${NO_ENDPOINTS_ADDRESS}:${dns.port}`);
      expect(await get({ socketPath: join(sandbox.directory, 'proxy/proof.sock'), path: '/peers/4/example' })).toBe(
        'peers ',
      );
      await delay(10_000);
      expect(drifts).toEqual([]);
      expect(logger.entries.filter(({ data }) => String(data['text']).includes('connect()'))).toEqual([]);
    });

    (hasIpv6 ? it : it.skip)(
      'are told by it while it keeps connections to them, and no request reaches them (on a machine that has ::1)',
      async () => {
        const seen: string[] = [];
        const backend = createServer((asked, response) => {
          seen.push(asked.url ?? '');
          response.end('hello');
        });
        let connections = 0;
        backend.on('connection', () => (connections += 1));
        const port = await listen(backend, '::1');
        await startDns('allowed');
        await start(aBackend('six', [`::1:${port}`]));
        await until(async () => (await get({ host: '127.0.0.1', port: sandbox.port, path: '/six' })) === 'hello');
        const [requests, begun] = [seen.length, connections];
        // For a moment workers answer that only learned.
        await delay(1000);
        for (let round = 0; round < 5; round++) expect(await peers('six', '6')).toBe(`[::1]:${port}`);
        expect([seen.length, connections]).toEqual([requests, begun]);
        // The connection that was kept is there still.
        await get({ host: '127.0.0.1', port: sandbox.port, path: '/six' });
        expect([seen.length, connections]).toEqual([requests + 1, begun]);
        backend.closeAllConnections();
        backend.close();
      },
    );

    it('are told to it again when an old answer came in place of the new one', async () => {
      await startDns('refused');
      relay = await startDnsRelay(dns.port);
      await start(aBackend('web', ['192.0.2.1:80']), aBackend('other', ['192.0.2.9:80']));
      // The workers that nginx was started with are gone then.
      await delay(1500);
      const before = workers();
      relay.lie(1);
      await tell(aBackend('web', ['192.0.2.2:80']));
      await until(() => drifts.length > 0);
      expect(drifts).toEqual([upstreamOf('web')]);
      await until(async () => (await peers('web')) === '192.0.2.2:80');
      await until(() => logger.messages('info').includes('nginx uses the endpoints again that it is told'));
      expect(workers()).toBe(before);
    });

    it('come by a reload where telling them again does not help', async () => {
      await startDns('refused');
      relay = await startDnsRelay(dns.port);
      await start(aBackend('web', ['192.0.2.1:80']));
      // The workers that nginx was started with are gone then.
      await delay(1500);
      const before = workers();
      relay.lieToAllFromBefore();
      await tell(aBackend('web', ['192.0.2.2:80']));
      await until(() => drifts.length > 0);
      await until(() => workers() !== before);
      await until(async () => (await peers('web')) === '192.0.2.2:80');
      expect(drifts).toEqual([upstreamOf('web')]);
      expect(logger.messages('warn')).toContain('nginx is reloaded, so that it asks for endpoints anew');
    });

    const reloads = (): number => logger.entries.filter(({ data }) => String(data['text']).includes('(SIGHUP)')).length;
    it('are not learned anew while there are as many old workers as may be', async () => {
      await startDns('allowed');
      const waiting: ServerResponse[] = [];
      const backend = createServer((_, response) => void waiting.push(response));
      const web = aBackend('web', [`127.0.0.1:${await listen(backend, '127.0.0.1')}`]);
      await start(web);
      const others: Backend[] = [];
      for (let generation = 1; generation <= 4; generation++) {
        get({ host: '127.0.0.1', port: sandbox.port, path: '/web' }).catch(() => undefined);
        await until(() => waiting.length === generation);
        others.push(aBackend(`other${generation}`, ['192.0.2.1:80']));
        const next = bundleOf(web, ...others);
        await nginx?.setEndpoints(next.told, 'changes');
        await nginx?.apply(next);
      }
      await delay(500);
      const before = reloads();
      setClockBack();
      await until(() => logger.messages('warn').includes(CLOCK_WAS_SET_BACK));
      await delay(2500);
      expect(reloads()).toBe(before);
      for (const response of waiting) response.end('hello');
      await until(() => reloads() === before + 4);
      backend.closeAllConnections();
      backend.close();
    }, 60_000);

    /** Only whoever runs nginx sees it: nginx learns its endpoints anew, though it has no need to. */
    const setClockBack = (): void => void (skewMs -= 9000);
    const CLOCK_WAS_SET_BACK = 'The clock was set back; nginx is reloaded some times, so that it asks for endpoints';

    it('are not lost when nginx is to learn them anew and nobody answers it', async () => {
      await startDns('refused');
      relay = await startDnsRelay(dns.port);
      await start(aBackend('web', ['192.0.2.1:80']), aBackend('still', ['192.0.2.9:80']));
      await delay(1500);
      relay.isSilent = true;
      setClockBack();
      const used = new Set<string>();
      const endMs = performance.now() + 20_000;
      while (performance.now() < endMs) used.add(await peers('still'));
      await until(() => logger.messages('error').includes('nginx could not be reloaded'));
      for (let look = 0; look < 50; look++) used.add(await peers('still'));
      expect([...used].filter((each) => each !== '')).toEqual(['192.0.2.9:80']);
      expect(String(logger.entries.find(({ level }) => level === 'error')?.data['error'])).toContain('was not told');
      relay.isSilent = false;
      await tell(aBackend('web', ['192.0.2.2:80']));
      await until(async () => (await peers('web')) === '192.0.2.2:80');
    }, 120_000);

    it('are learned anew while a configuration is on its way to nginx', async () => {
      await startDns('refused');
      binary = join(sandbox.directory, 'nginx-with-a-slow-test');
      writeFileSync(binary, '#!/bin/sh\ncase "$*" in *-t*) sleep 3 ;; esac\nexec nginx "$@"\n', { mode: 0o755 });
      await start(aBackend('web', ['192.0.2.1:80']));
      await delay(1500);
      const next = bundleOf(aBackend('web', ['192.0.2.1:80']), aBackend('more', ['192.0.2.7:80']));
      await nginx?.setEndpoints(next.told, 'changes');
      const applied = nginx?.apply(next);
      await delay(500);
      const before = reloads();
      for (const times of [1, 2]) {
        setClockBack();
        await until(() => logger.messages('warn').filter((message) => message === CLOCK_WAS_SET_BACK).length === times);
      }
      expect(await applied).toMatchObject({ kind: 'applied' });
      // Once for both steps of the clock, and for the configuration.
      expect(reloads() - before).toBe(4 + 1);
      expect(relearned).toHaveLength(4);
      expect(logger.messages('error')).toEqual([]);
      expect(await peers('web')).toBe('192.0.2.1:80');
    });

    (existsSync(LIBRARY) ? it : it.skip)('come after the clock was set back (with libfaketime of Debian)', async () => {
      const file = join(sandbox.directory, 'time');
      const jump = (days: number): void => {
        writeFileSync(`${file}.new`, `${days < 0 ? '' : '+'}${days}d\n`);
        renameSync(`${file}.new`, file);
        skewMs = days * DAY_MS;
      };
      jump(0);
      const environment = [
        `LD_PRELOAD=${LIBRARY}`,
        `FAKETIME_TIMESTAMP_FILE=${file}`,
        'FAKETIME_DONT_FAKE_MONOTONIC=1',
        'FAKETIME_CACHE_DURATION=0',
      ];
      // Its workers have what the configuration names alone.
      const kept = environment.map((each) => `env ${each.split('=')[0] ?? ''};`).join(' ');
      binary = join(sandbox.directory, 'nginx-with-faked-time');
      const script = `#!/bin/sh\nexec env ${environment.join(' ')} nginx -g '${kept}' "$@"\n`;
      writeFileSync(binary, script, { mode: 0o755 });
      await startDns('refused');
      await start(aBackend('web', ['192.0.2.1:80']), aBackend('still', ['192.0.2.9:80']));
      const used = new Set<string>();
      const over = new AbortController();
      const watching = (async () => {
        while (!over.signal.aborted) {
          const found = await peers('still');
          // The workers that nginx was started with say something else.
          if (found.includes(':')) for (const each of found.split(' ')) used.add(each);
        }
      })();
      await delay(1500);
      await tell(aBackend('web', ['192.0.2.2:80']));
      await until(async () => (await peers('web')) === '192.0.2.2:80');
      // nginx pauses now for a second, and means to ask for no news before it is that late again.
      jump(-9);
      await until(() => logger.messages('warn').some((message) => message.startsWith('The clock was set back')));
      await tell(aBackend('web', ['192.0.2.3:80']));
      await until(async () => (await peers('web')) === '192.0.2.3:80');
      await delay(1500);
      await tell(aBackend('web', ['192.0.2.4:80']));
      await until(async () => (await peers('web')) === '192.0.2.4:80');
      over.abort();
      await watching;
      // At no moment a request would have met an upstream without endpoints.
      expect([...used]).toEqual(['192.0.2.9:80']);
      // It would have been found late.
      expect(drifts).toEqual([]);
      expect(logger.messages('error')).toEqual([]);
    });
  },
);

function nameOf({ service }: Backend): string {
  return service.split('/').at(-1) ?? '';
}
