/**
 * Duty: reloads that the master alone can refuse: the signal for one says nothing of it, and nginx -t has let it pass.
 */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { NginxProcess } from '@gatehouse/pipeline';
import { makeNginxSandbox, RecordingLogger, type NginxSandbox } from '@gatehouse/testing';
import { findNginx } from './find-nginx.ts';
import { createLocalSupervisor } from './local-supervisor.ts';
import { createNginxProcess } from './nginx-process.ts';

let binary = '';
let sandbox: NginxSandbox;
let nginx: NginxProcess;

beforeAll(async () => {
  const { GATEHOUSE_NGINX_BINARY: named = '', PATH = '' } = process.env;
  const found = await findNginx({ named, searchPath: PATH });
  binary = found.ok ? found.value : '';
});
beforeEach(async () => {
  sandbox = await makeNginxSandbox();
  const place = { runtimeDirectory: sandbox.directory, logger: new RecordingLogger() };
  nginx = createNginxProcess({ ...place, supervisor: createLocalSupervisor({ binary, ...place }) });
});
afterEach(async () => {
  await nginx.stop(0);
  await sandbox.remove();
});

const master = async () => Number(await readFile(join(sandbox.directory, 'proxy/nginx.pid'), 'utf8'));

describe('a reload', () => {
  it.each([
    ['larger', 'limit_req_zone $uri zone=z:64k rate=1r/s;', 'limit_req_zone $uri zone=z:256k rate=1r/s;'],
    ['smaller', 'limit_req_zone $uri zone=z:256k rate=1r/s;', 'limit_req_zone $uri zone=z:64k rate=1r/s;'],
    ['of another kind', 'limit_req_zone $uri zone=z:64k rate=1r/s;', 'limit_conn_zone $uri zone=z:64k;'],
  ])('is taken with shared memory that is %s than before', async (_, before, after) => {
    await nginx.apply(sandbox.bundle('one', { httpLines: [before] }));
    expect(await nginx.apply(sandbox.bundle('two', { httpLines: [after] }))).toMatchObject({ kind: 'applied' });
    expect(await sandbox.ask()).toBe('two');
  });

  it('for which the master alone has no memory is a fault within 5 s, and leaves everything as it was', async () => {
    await nginx.apply(sandbox.bundle('one'));
    const before = await readlink(join(sandbox.directory, 'config/current'));
    const limited = spawnSync('prlimit', ['--pid', String(await master()), `--as=${256 * 1024 * 1024}`]);
    expect(limited.status).toBe(0);
    const large = { httpLines: ['limit_req_zone $uri zone=large:1024m rate=1r/s;'] };
    const startedMs = performance.now();
    await expect(nginx.apply(sandbox.bundle('two', large))).rejects.toThrow('Cannot allocate memory');
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect(await readlink(join(sandbox.directory, 'config/current'))).toBe(before);
    expect(await sandbox.ask()).toBe('one');
    await nginx.apply(sandbox.bundle('three'));
    expect(await sandbox.ask()).toBe('three');
  });
});
