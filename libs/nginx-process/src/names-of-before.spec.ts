import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRenderer, type Bundle } from '@gatehouse/nginx';
import type { EndpointChange, NginxProcess, Refusal } from '@gatehouse/pipeline';
import { aBackend, aHost, aModel, aRoute, RecordingLogger, someRenderOptions } from '@gatehouse/testing';
import { createNginxProcess } from './nginx-process.ts';
import type { NginxSupervisor } from './nginx-supervisor.ts';

/** A proxy that outlives controllers, and what it knows. */
class Proxy implements NginxSupervisor {
  readonly known = new Set<string>();
  refusal: Refusal | undefined;
  forgets = true;
  #digest: string | undefined;

  setEndpoints(changes: readonly EndpointChange[]): Promise<void> {
    if (!this.forgets && changes.some(({ endpoints }) => endpoints === 'forgotten')) {
      return Promise.reject(new Error('the agent does not answer'));
    }
    for (const { name, endpoints } of changes) {
      if (endpoints === 'forgotten') this.known.delete(name);
      else this.known.add(name);
    }
    return Promise.resolve();
  }
  run(digest: string): Promise<Refusal | undefined> {
    if (this.refusal === undefined) this.#digest = digest;
    return Promise.resolve(this.refusal);
  }
  test = () => Promise.resolve({ kind: 'accepted' as const });
  running = () => Promise.resolve(this.#digest);
  draining = () => Promise.resolve({ workers: 0, generations: 0 });
  reloadUnproven = () => Promise.resolve();
  stop = () => Promise.resolve();
}

describe('names of endpoints that went while no controller ran', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'names-of-before-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const bundleOf = (...services: readonly string[]): Bundle => {
    const routes = services.map((service) => aRoute({ path: `/${service}`, backend: aBackend(service) }));
    const options = someRenderOptions({ endpointDnsPort: 5301, https: [] });
    return createRenderer(options).render(aModel([aHost({ routes })]));
  };
  const aController = (supervisor: Proxy): NginxProcess =>
    createNginxProcess({ runtimeDirectory: directory, supervisor, logger: new RecordingLogger() });
  const serve = async (nginx: NginxProcess, bundle: Bundle) => {
    await nginx.setEndpoints(bundle.told, 'all');
    return nginx.apply(bundle);
  };

  it('are forgotten as soon as nginx has no use for them, and no sooner', async () => {
    const proxy = new Proxy();
    const [both, tea] = [bundleOf('tea', 'coffee'), bundleOf('tea')];
    await serve(aController(proxy), both);
    expect(proxy.known).toEqual(new Set(both.told.keys()));

    const next = aController(proxy);
    proxy.refusal = { kind: 'refused', message: 'no' };
    await serve(next, tea);
    expect(proxy.known).toEqual(new Set(both.told.keys()));
    proxy.refusal = undefined;
    await serve(next, tea);
    expect(proxy.known).toEqual(new Set(tea.told.keys()));
  });

  it('are forgotten by the next configuration when nobody could be told with the first', async () => {
    const proxy = new Proxy();
    await serve(aController(proxy), bundleOf('tea', 'coffee'));
    const next = aController(proxy);
    proxy.forgets = false;
    await expect(serve(next, bundleOf('tea'))).rejects.toThrow('does not answer');
    proxy.forgets = true;
    const last = bundleOf('tea', 'milk');
    await serve(next, last);
    expect(proxy.known).toEqual(new Set(last.told.keys()));
  });
});
