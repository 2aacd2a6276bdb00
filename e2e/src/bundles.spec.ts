import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nodeOptionsOf } from './harness/node-options.ts';

const workspaceRoot = resolve(import.meta.dirname, '../..');
const apps = globSync('apps/*/src/main.ts', { cwd: workspaceRoot }).map((path) => path.split('/')[1] ?? '');

describe('the bundle of each app', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(apps)('starts in an empty directory: %s --help', (app) => {
    copyFileSync(join(workspaceRoot, 'dist/apps', app, 'main.mjs'), join(folder, 'main.mjs'));
    const help = execFileSync(process.execPath, ['main.mjs', '--help'], {
      cwd: folder,
      encoding: 'utf8',
      env: {},
      timeout: 20_000,
    });
    expect(help).toMatch(/usage/i);
  });

  it('reads a kubeconfig, and runs the program that it names for a token', async () => {
    const server = createServer((_request, response) => response.writeHead(503).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'abc' },
    };
    const program = { apiVersion: credential.apiVersion, command: 'echo', args: [JSON.stringify(credential)] };
    const kubeconfig = {
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'one' },
      clusters: [{ name: 'one', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'one', user: { exec: { ...program, interactiveMode: 'Never' } } }],
      contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
    };
    writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig));
    const bundle = join(workspaceRoot, 'dist/apps/admission-webhook/main.mjs');
    const ports = ['--port=0', '--health-port=0'];
    const child = spawn(process.execPath, [bundle, '--kubeconfig=kubeconfig', ...ports], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: nodeOptionsOf('admission-webhook') },
      stdio: 'ignore',
    });
    try {
      const [request] = (await once(server, 'request')) as [IncomingMessage];
      expect(request.headers.authorization).toBe('Bearer abc');
    } finally {
      child.kill('SIGKILL');
      server.closeAllConnections();
      server.close();
    }
  });
});
