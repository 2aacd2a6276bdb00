import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRenderer, type Bundle } from '@gatehouse/nginx';
import type { NginxProcess, Refusal, TestResult } from '@gatehouse/pipeline';
import { aBackend, aHost, aModel, aRoute, RecordingLogger, someRenderOptions } from '@gatehouse/testing';
import { createNginxProcess } from './nginx-process.ts';
import type { NginxSupervisor } from './nginx-supervisor.ts';

/** Runs what it is told to, though the order may fail: nginx was killed meanwhile and started again with it. */
class Proxy implements NginxSupervisor {
  result: TestResult = { kind: 'accepted' };
  fails = false;
  #digest: string | undefined;

  run(digest: string): Promise<Refusal | undefined> {
    this.#digest = digest;
    return this.fails ? Promise.reject(new Error('nginx ended')) : Promise.resolve(undefined);
  }
  test = () => Promise.resolve(this.result);
  setEndpoints = () => Promise.resolve();
  running = () => Promise.resolve(this.#digest);
  draining = () => Promise.resolve({ workers: 0, generations: 0 });
  reloadUnproven = () => Promise.resolve();
  stop = () => Promise.resolve();
}

describe('what nginx runs though `current` was led back from it', () => {
  let directory: string;
  let proxy: Proxy;
  let nginx: NginxProcess;
  const renderer = createRenderer(someRenderOptions({ endpointDnsPort: 5301, https: [] }));
  const bundleOf = (running: Bundle | undefined, ...services: readonly string[]): Bundle => {
    const routes = services.map((service) => aRoute({ path: `/${service}`, backend: aBackend(service) }));
    return renderer.render(aModel([aHost({ routes })]), running?.digest);
  };
  const one = bundleOf(undefined, 'one');
  const two = bundleOf(one, 'one', 'two');
  const three = bundleOf(one, 'one', 'three');
  const generations = (): Set<string> => new Set(readdirSync(join(directory, 'config/generations')));

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'led-back-'));
    proxy = new Proxy();
    nginx = createNginxProcess({ runtimeDirectory: directory, supervisor: proxy, logger: new RecordingLogger() });
    await nginx.apply(one);
    proxy.fails = true;
    await expect(nginx.apply(two)).rejects.toThrow('nginx ended');
    proxy.fails = false;
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('stays until something else is proven to run, whatever is refused meanwhile', async () => {
    proxy.result = { kind: 'refused', message: 'no' };
    expect(await nginx.apply(three)).toMatchObject({ kind: 'refused' });
    expect(await nginx.test(three)).toMatchObject({ kind: 'refused' });
    expect(generations()).toEqual(new Set([one.digest, two.digest]));
    proxy.result = { kind: 'accepted' };
    await nginx.apply(three);
    expect(generations()).toEqual(new Set([one.digest, three.digest]));
  });

  it('goes when nginx runs what `current` leads to after all', async () => {
    await proxy.run(one.digest);
    expect(await nginx.apply(one)).toMatchObject({ kind: 'applied' });
    expect(generations()).toEqual(new Set([one.digest]));
  });

  it('is not the only one that stays: each may run', async () => {
    proxy.fails = true;
    await expect(nginx.apply(three)).rejects.toThrow('nginx ended');
    expect(generations()).toEqual(new Set([one.digest, two.digest, three.digest]));
  });
});
