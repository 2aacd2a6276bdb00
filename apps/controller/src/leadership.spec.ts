import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { FakeApiServer, freePort, until } from '@gatehouse/testing';
import { runController } from './run-controller.ts';

jest.setTimeout(30_000);

let directory = '';
const server = new FakeApiServer();

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'leadership-'));
  // nginx' workers run as another user when the test is root.
  chmodSync(directory, 0o755);
  await server.start();
});
afterEach(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

it('a controller in a cluster asks to lead as soon as it serves, and not before', async () => {
  const end = new AbortController();
  const httpPort = await freePort();
  const blocker = createServer().listen(httpPort, '127.0.0.1');
  await once(blocker, 'listening');
  let log = '';
  const exitCode = runController({
    argv: [
      `--apiserver-host=${server.url}`,
      `--runtime-dir=${join(directory, 'runtime')}`,
      '--listen-address=127.0.0.1',
      `--http-port=${httpPort}`,
      `--https-port=${await freePort()}`,
      '--status-port=0',
      '--healthz-host=127.0.0.1',
      '--healthz-port=0',
      '--post-shutdown-grace-period=0',
      '--publish-status-address=192.0.2.1',
      `--nginx-binary=${process.env['GATEHOUSE_NGINX_BINARY'] ?? ''}`,
    ],
    env: { PATH: process.env['PATH'], POD_NAME: 'p-0', POD_NAMESPACE: 'system' },
    stdout: { write: () => true },
    stderr: { write: (text) => (log += text) },
    signal: end.signal,
    cutOff: new AbortController().signal,
  });
  try {
    await until(() => log.includes('The configuration could not be applied'));
    const hasAsked = (): boolean => server.asked.some(({ plural }) => plural === 'leases');
    expect(hasAsked()).toBe(false);
    blocker.close();
    await until(hasAsked);
  } finally {
    blocker.close();
    end.abort();
    expect(await exitCode).toBe(0);
  }
});
