import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { NginxProcess } from '@gatehouse/pipeline';
import { makeNginxSandbox, RecordingLogger, slowBackend, until, type NginxSandbox } from '@gatehouse/testing';
import { findNginx } from './find-nginx.ts';
import { createLocalSupervisor } from './local-supervisor.ts';
import { createNginxProcess } from './nginx-process.ts';

const NONE = { workers: 0, generations: 0 };

describe('old workers of nginx', () => {
  let binary = '';
  let sandbox: NginxSandbox;
  let nginx: NginxProcess;
  let backend: Awaited<ReturnType<typeof slowBackend>>;

  beforeAll(async () => {
    const { GATEHOUSE_NGINX_BINARY: named = '', PATH = '' } = process.env;
    const found = await findNginx({ named, searchPath: PATH });
    binary = found.ok ? found.value : '';
  });
  beforeEach(async () => {
    [sandbox, backend] = await Promise.all([makeNginxSandbox(), slowBackend()]);
    const place = { runtimeDirectory: sandbox.directory, logger: new RecordingLogger() };
    nginx = createNginxProcess({ ...place, supervisor: createLocalSupervisor({ binary, ...place }) });
  });
  afterEach(async () => {
    await nginx.stop(0);
    backend.server.close();
    await sandbox.remove();
  });

  /** Every request waits for the backend. */
  const waiting = (name: string) => {
    const bundle = sandbox.bundle(name);
    const proxy = `location / { proxy_pass http://127.0.0.1:${backend.port}; }`;
    const text = (bundle.files.get('nginx.conf') ?? '').replace(`return 200 "${name}";`, proxy);
    return { ...bundle, files: new Map([['nginx.conf', text]]) };
  };
  const holdRequest = async () => {
    const before = backend.waiting.length;
    const answer = sandbox.ask();
    await until(() => backend.waiting.length > before);
    return { answer, end: () => backend.waiting[before]?.end('answered') };
  };

  it('are none before nginx runs, and after it was stopped', async () => {
    expect(await nginx.draining()).toEqual(NONE);
    await nginx.apply(waiting('one'));
    await nginx.stop(0);
    expect(await nginx.draining()).toEqual(NONE);
  });

  it('are counted by the configurations that they are of, until their last request is answered', async () => {
    await nginx.apply(waiting('one'));
    const [first, second] = [await holdRequest(), await holdRequest()];
    await nginx.apply(waiting('two'));
    await until(async () => (await nginx.draining()).generations === 1);
    const third = await holdRequest();
    await nginx.apply(waiting('three'));
    await until(async () => (await nginx.draining()).generations === 2);
    for (const { end } of [first, second]) end();
    expect(await Promise.all([first.answer, second.answer])).toEqual(['answered', 'answered']);
    await until(async () => (await nginx.draining()).generations === 1);
    expect(await nginx.draining()).toEqual({ workers: 1, generations: 1 });
    third.end();
    expect(await third.answer).toBe('answered');
    await until(async () => (await nginx.draining()).workers === 0);
  });

  it('are no more after a reload that the master refused', async () => {
    const limiting = (key: string) => ({ httpLines: [`limit_req_zone ${key} zone=z:64k rate=1r/s;`] });
    await nginx.apply(sandbox.bundle('one', limiting('$uri')));
    expect(await nginx.apply(sandbox.bundle('two', limiting('$host')))).toMatchObject({ kind: 'refused' });
    expect(await nginx.draining()).toEqual(NONE);
    await nginx.apply(waiting('three'));
    const held = await holdRequest();
    await nginx.apply(sandbox.bundle('four'));
    await until(async () => (await nginx.draining()).workers === 1);
    expect(await nginx.draining()).toEqual({ workers: 1, generations: 1 });
    held.end();
    expect(await held.answer).toBe('answered');
  });

  it('are counted after faults as well, of each configuration that nginx ran without a proof', async () => {
    let told = 0;
    const fail = (name: string) => {
      const bundle = waiting(name);
      const text = (bundle.files.get('nginx.conf') ?? '').replaceAll(bundle.digest, '0'.repeat(64));
      const unproven = { ...bundle, files: new Map([['nginx.conf', text]]) };
      return expect(nginx.apply(unproven, Infinity, () => (told += 1))).rejects.toThrow('did not run');
    };
    await nginx.apply(waiting('one'));
    const held = [await holdRequest()];
    for (const name of ['two', 'three']) {
      const { generations } = await nginx.draining();
      const failing = fail(name);
      await until(async () => (await nginx.draining()).generations > generations);
      held.push(await holdRequest());
      await failing;
      await until(async () => (await nginx.draining()).generations > generations + 1);
      held.push(await holdRequest());
    }
    expect(told).toBe(2);
    expect((await nginx.draining()).generations).toBe(4);
    for (const { end } of held) end();
    expect(await Promise.all(held.map(({ answer }) => answer))).toEqual(held.map(() => 'answered'));
  }, 60_000);

  it('keep nginx from a reload while they are too many, and nothing is written then', async () => {
    await nginx.apply(waiting('one'));
    const held = await holdRequest();
    let told = 0;
    const note = () => void (told += 1);
    await nginx.apply(sandbox.bundle('two'), 0, note);
    expect(told).toBe(1);
    await until(async () => (await nginx.draining()).generations === 1);
    const before = await readlink(join(sandbox.directory, 'config/current'));
    expect(await nginx.apply(sandbox.bundle('three'), 0, note)).toMatchObject({ kind: 'postponed', draining: 1 });
    expect(await readlink(join(sandbox.directory, 'config/current'))).toBe(before);
    expect(await sandbox.ask()).toBe('two');
    // What runs already needs none.
    expect(await nginx.apply(sandbox.bundle('two'), 0, note)).toMatchObject({ kind: 'applied' });
    expect(told).toBe(1);
    held.end();
    expect(await held.answer).toBe('answered');
    await until(async () => (await nginx.draining()).generations === 0);
    expect(await nginx.apply(sandbox.bundle('three'), 0)).toMatchObject({ kind: 'applied' });
    expect(await sandbox.ask()).toBe('three');
  });
});
