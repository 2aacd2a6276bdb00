import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NginxProcess } from '@gatehouse/pipeline';
import { makeNginxSandbox, RecordingLogger, until, type NginxSandbox } from '@gatehouse/testing';
import { findNginx } from './find-nginx.ts';
import { createLocalSupervisor } from './local-supervisor.ts';
import { createNginxProcess } from './nginx-process.ts';

let binary = '';
let sandbox: NginxSandbox;
let logger: RecordingLogger;
let nginx: NginxProcess;

const place = () => ({ runtimeDirectory: sandbox.directory, logger });
const start = (more: { readonly accessLogDescriptor?: number } = {}) =>
  createNginxProcess({ ...place(), supervisor: createLocalSupervisor({ binary, ...place(), ...more }) });

beforeAll(async () => {
  const found = await findNginx({
    named: process.env['GATEHOUSE_NGINX_BINARY'] ?? '',
    searchPath: process.env['PATH'] ?? '',
  });
  binary = found.ok ? found.value : '';
});
beforeEach(async () => {
  sandbox = await makeNginxSandbox();
  logger = new RecordingLogger();
  nginx = start();
});
afterEach(async () => {
  await nginx.stop(0);
  await sandbox.remove();
});

describe('the runtime directory', () => {
  it('holds two generations at most, and nothing half done', async () => {
    for (const answer of ['one', 'two', 'three', 'four']) await nginx.apply(sandbox.bundle(answer));
    await nginx.apply(sandbox.bundle('bad', { httpLines: ['bogus on;'] }));
    await nginx.test(sandbox.bundle('tested'));
    const kept = ['three', 'four'].map((answer) => sandbox.bundle(answer).digest).sort();
    expect((await readdir(join(sandbox.directory, 'config/generations'))).sort()).toEqual(kept);
    const all = await readdir(sandbox.directory, { recursive: true });
    expect(all.filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('that cannot be written is a fault, and the running nginx stays; it works again when it can be', async () => {
    await nginx.apply(sandbox.bundle('one'));
    const two = sandbox.bundle('two');
    const inTheWay = join(sandbox.directory, 'config/generations', two.digest);
    await writeFile(inTheWay, '');
    await expect(nginx.apply(two)).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(await sandbox.ask()).toBe('one');
    await rm(inTheWay, { force: true });
    await nginx.apply(two);
    expect(await sandbox.ask()).toBe('two');
  });

  it('in which something cannot be removed serves all the same, and says so', async () => {
    await nginx.apply(sandbox.bundle('one'));
    await mkdir(join(sandbox.directory, 'keys/strange'));
    expect(await nginx.apply(sandbox.bundle('two'))).toMatchObject({ kind: 'applied' });
    expect(await sandbox.ask()).toBe('two');
    expect(logger.messages('warn')).toContain('Old generations could not be removed');
  });
});

describe('what nginx writes', () => {
  it('comes to the given descriptor from its standard output', async () => {
    const file = join(sandbox.directory, 'access');
    const descriptor = openSync(file, 'a');
    nginx = start({ accessLogDescriptor: descriptor });
    const bundle = sandbox.bundle('one');
    const text = bundle.files.get('nginx.conf') ?? '';
    const logging = text.replace('  access_log off;', '  access_log /dev/stdout;');
    await nginx.apply({ ...bundle, files: new Map([['nginx.conf', logging]]) });
    await sandbox.ask();
    await until(async () => (await readFile(file, 'utf8')).includes('"GET / HTTP/1.1" 200'));
    closeSync(descriptor);
  });

  it('to its error log comes to ours by its level', async () => {
    const twice = `server { listen 127.0.0.1:${sandbox.port}; return 200 "again"; }`;
    await nginx.apply(sandbox.bundle('one', { httpLines: [twice] }));
    await until(() => logger.entries.some(({ data }) => String(data['text']).includes('start worker process')));
    const warnings = logger.entries.filter(({ level, data }) => level === 'warn' && data['severity'] === 'warn');
    expect(String(warnings[0]?.data['text'])).toContain('conflicting server name');
  });
});
