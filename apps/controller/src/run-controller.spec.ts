import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { freePort, until } from '@gatehouse/testing';
import { runController } from './run-controller.ts';

jest.setTimeout(30_000);

let directory = '';
const running: { readonly end: AbortController; readonly exitCode: Promise<number> }[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'run-controller-'));
  // nginx' workers run as another user when the test is root.
  chmodSync(directory, 0o755);
  mkdirSync(join(directory, 'manifests'));
});
afterEach(async () => {
  for (const { end, exitCode } of running.splice(0)) {
    end.abort();
    await exitCode;
  }
  rmSync(directory, { recursive: true, force: true });
});

/** A controller with a real nginx. */
async function run(...flags: readonly string[]) {
  const [end, cutOff] = [new AbortController(), new AbortController()];
  const httpPort = await freePort();
  let log = '';
  const argv = [
    `--manifests=${join(directory, 'manifests')}`,
    `--runtime-dir=${join(directory, 'runtime')}`,
    '--listen-address=127.0.0.1',
    `--http-port=${httpPort}`,
    `--https-port=${await freePort()}`,
    '--healthz-host=127.0.0.1',
    '--healthz-port=0',
    `--nginx-binary=${process.env['GATEHOUSE_NGINX_BINARY'] ?? ''}`,
    ...flags,
  ];
  const exitCode = runController({
    argv,
    env: { PATH: process.env['PATH'] },
    stdout: { write: () => true },
    stderr: { write: (text) => (log += text) },
    signal: end.signal,
    cutOff: cutOff.signal,
  });
  running.push({ end, exitCode });
  return { end, cutOff, exitCode, httpPort, log: () => log };
}

describe('a controller that cannot start', () => {
  it.each([
    ['a path of manifests that is missing', () => ['--manifests=/nowhere'], 2, '--manifests: there is no'],
    ['no such nginx', () => ['--nginx-binary=/nowhere'], 1, '--nginx-binary: /nowhere is not a program'],
    ['a runtime directory with a dollar sign', () => ['--runtime-dir=/run/a$b'], 2, '--runtime-dir: '],
    ['a runtime directory that cannot be made', () => ['--runtime-dir=/proc/x'], 1, '--runtime-dir: '],
  ])('says so in one sentence without a stack: %s', async (_, flags, exitCode, sentence) => {
    const controller = await run(...flags());
    expect(await controller.exitCode).toBe(exitCode);
    expect(controller.log().trim().split('\n')).toHaveLength(1);
    expect(controller.log()).toContain(sentence);
    expect(controller.log()).not.toContain('stack');
  });

  it.each([
    ['http-port', '--http-port: nginx cannot listen on 127.0.0.1:'],
    ['https-port', '--https-port: nginx cannot listen on 127.0.0.1:'],
    ['healthz-port', '--healthz-port: '],
  ])('says that the %s is taken, and ends', async (flag, sentence) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const controller = await run(`--${flag}=${(taken.address() as AddressInfo).port}`);
    expect(await controller.exitCode).toBe(1);
    expect(controller.log().trim().split('\n').at(-1)).toContain(sentence);
    expect(controller.log()).not.toContain('"stack"');
    taken.close();
  });
});

describe('a controller', () => {
  it('keeps its runtime directory for itself until it ends', async () => {
    const first = await run();
    await until(() => first.log().includes('The configuration runs'));
    const second = await run();
    expect(await second.exitCode).toBe(1);
    expect(second.log()).toContain(
      `--runtime-dir: another controller uses ${join(directory, 'runtime')} (process ${process.pid})`,
    );
    first.end.abort();
    expect(await first.exitCode).toBe(0);
    expect(first.log()).not.toContain('nginx ended by itself');
    expect(existsSync(join(directory, 'runtime/lock.sock'))).toBe(false);
  });

  it('lets requests end, and cuts them off when it is told to end at once', async () => {
    let asked = 0;
    const slow = createServer(() => (asked += 1)).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    writeFileSync(join(directory, 'manifests/slow.yaml'), manifestsFor((slow.address() as AddressInfo).port));
    const controller = await run();
    await until(() => controller.log().includes('The configuration runs'));
    const client = request({ host: '127.0.0.1', port: controller.httpPort, headers: { host: 'slow.example.com' } });
    const cut = once(client, 'error');
    client.end();
    await until(() => asked === 1);

    controller.end.abort();
    const stillRuns = Symbol('still runs');
    const later = new Promise((resolve) => setTimeout(() => resolve(stillRuns), 700));
    expect(await Promise.race([controller.exitCode, later])).toBe(stillRuns);
    const toldMs = performance.now();
    controller.cutOff.abort();
    expect(await controller.exitCode).toBe(0);
    expect(performance.now() - toldMs).toBeLessThan(2000);
    await cut;
    slow.closeAllConnections();
    slow.close();
  });
});

describe('a controller that is asked how it is', () => {
  it("tells the machine how nginx is, and /healthz and the path of one's own how it is itself, until it ends", async () => {
    const [statusPort, healthPort] = [await freePort(), await freePort()];
    const controller = await run(
      `--status-port=${statusPort}`,
      `--healthz-port=${healthPort}`,
      '--health-check-path=/nginx-health',
      '--shutdown-grace-period=2',
    );
    await until(() => controller.log().includes('The configuration runs'));
    const statusOf = async (path: string, port = healthPort): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    const nginxStatus = await fetch(`http://127.0.0.1:${statusPort}/nginx_status`);
    expect(await nginxStatus.text()).toMatch(/^Active connections: \d+/);
    expect(await statusOf('/healthz', statusPort)).toBe(200);
    expect(await statusOf('/other', statusPort)).toBe(404);
    for (const path of ['/healthz', '/nginx-health', '/readyz']) expect(await statusOf(path)).toBe(200);

    controller.end.abort();
    for (const path of ['/healthz', '/nginx-health', '/readyz']) expect(await statusOf(path)).toBe(503);
    expect(await statusOf('/healthz', statusPort)).toBe(200);
    expect(await controller.exitCode).toBe(0);
  });

  it('prints its version and ends', async () => {
    let printed = '';
    const exitCode = await runController({
      argv: ['--version'],
      env: {},
      stdout: { write: (text) => (printed += text) },
      stderr: { write: () => true },
      signal: new AbortController().signal,
    });
    expect([exitCode, printed]).toEqual([0, 'gatehouse controller 0.0.0\n']);
  });

  it('warns of a flag of ingress-nginx that has no effect, and does not start with one that would be unsafe to ignore', async () => {
    const warned = await run('--enable-metrics');
    await until(() => warned.log().includes('The configuration runs'));
    expect(warned.log()).toContain('--enable-metrics: has no effect');
    const refused = await run('--enable-ssl-passthrough');
    expect(await refused.exitCode).toBe(2);
    expect(refused.log()).toContain('--enable-ssl-passthrough: TLS passthrough does not exist here');
  });
});

function manifestsFor(port: number): string {
  return `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: slow, namespace: default }
spec:
  ingressClassName: nginx
  rules:
    - host: slow.example.com
      http:
        paths:
          - { path: /, pathType: Prefix, backend: { service: { name: slow, port: { number: 80 } } } }
---
apiVersion: v1
kind: Service
metadata: { name: slow, namespace: default }
spec: { ports: [{ port: 80, targetPort: ${port} }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: slow, namespace: default, labels: { kubernetes.io/service-name: slow } }
addressType: IPv4
endpoints: [{ addresses: [127.0.0.1], conditions: { ready: true } }]
ports: [{ port: ${port} }]
`;
}
