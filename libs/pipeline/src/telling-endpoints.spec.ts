import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AnyObject, Snapshot } from '@gatehouse/kube-model';
import { createRenderer } from '@gatehouse/nginx';
import { createResolver, defaultRoutingOptions } from '@gatehouse/routing';
import {
  anEndpointSlice,
  anIngress,
  anIngressClass,
  aService,
  FakeClock,
  FakeNginx,
  RecordingLogger,
  settle,
  snapshotOf,
  someRenderOptions,
} from '@gatehouse/testing';
import { createPipeline, type Pipeline } from './pipeline.ts';
import type { ChangeKind } from './ports.ts';
import type { Round } from './round.ts';

const SERVICES = ['tea', 'coffee'];

/** Each Service has a path; addresses by Service. */
function objects(addresses: Readonly<Record<string, readonly string[]>>, paths: readonly string[] = SERVICES) {
  return [
    anIngressClass(),
    anIngress({
      rules: [{ host: 'cafe.example.com', paths: paths.map((name) => ({ path: `/${name}`, backend: `${name}:80` })) }],
    }),
    ...SERVICES.flatMap((name): AnyObject[] => [
      aService({ name }),
      ...(addresses[name] ?? []).map((address, index) =>
        anEndpointSlice({ name: `${name}-${index}`, service: name, addresses: [address] }),
      ),
    ]),
  ];
}

class World {
  readonly nginx = new FakeNginx();
  readonly clock = new FakeClock();
  readonly rounds: Round[] = [];
  #snapshot: Snapshot = snapshotOf(objects({}));
  #onChange: (of?: ChangeKind) => void = () => {};
  readonly pipeline: Pipeline;

  constructor() {
    const resolver = createResolver(defaultRoutingOptions);
    const renderer = createRenderer(someRenderOptions({ endpointDnsPort: 5301 }));
    this.pipeline = createPipeline({
      nginx: this.nginx,
      clock: this.clock,
      logger: new RecordingLogger(),
      source: {
        start: async (listener) => void (this.#onChange = listener),
        snapshot: () => this.#snapshot,
        stop: async () => {},
      },
      events: { record: () => {} },
      jitter: () => 0,
      resolve: (snapshot, nowMs) => resolver.resolve(snapshot, nowMs),
      relink: (backend, snapshot) => resolver.relink(backend, snapshot),
      render: (model, running) => renderer.render(model, running),
      onRound: (round) => this.rounds.push(round),
    });
  }

  async start(addresses: Parameters<typeof objects>[0]): Promise<void> {
    this.#snapshot = snapshotOf(objects(addresses));
    await this.pipeline.start();
    await settle();
  }

  async change(of: ChangeKind, ...shape: Parameters<typeof objects>): Promise<void> {
    await this.changeTo(of, objects(...shape));
  }

  async changeTo(of: ChangeKind, all: readonly AnyObject[]): Promise<void> {
    this.#snapshot = snapshotOf(all);
    this.#onChange(of);
    await settle();
  }

  /** What nginx uses by all that it was told: addresses by Service. */
  used(): Readonly<Record<string, readonly string[]>> {
    const used: Record<string, readonly string[]> = {};
    for (const { endpoints } of this.nginx.told) {
      for (const { service, endpoints: own } of endpoints.values()) {
        used[service.replace('default/', '')] = own.map(({ address }) => address);
      }
    }
    return used;
  }
}

describe('endpoints that come by DNS', () => {
  let world: World;

  beforeEach(async () => {
    world = new World();
    await world.start({ tea: ['10.0.0.1'], coffee: ['10.0.0.2'] });
  });

  it('are told before the configuration that has use for them', async () => {
    const other = new World();
    let toldBefore = 0;
    other.nginx.beforeApply = () => void (toldBefore = other.nginx.told.length);
    await other.start({ tea: ['10.0.0.1'] });
    expect(toldBefore).toBe(1);
    expect(other.nginx.told[0]?.telling).toBe('all');
    expect(other.used()).toEqual({ tea: ['10.0.0.1'], coffee: [] });
  });

  it('are told alone, and at once, when they have changed', async () => {
    const [{ length: rounds }, { length: told }] = [world.rounds, world.nginx.told];
    await world.change('endpoints', { tea: ['10.0.0.3'], coffee: ['10.0.0.2'] });
    expect(world.nginx.told).toHaveLength(told + 1);
    expect(world.used()).toEqual({ tea: ['10.0.0.3'], coffee: ['10.0.0.2'] });
    expect(world.rounds).toHaveLength(rounds);
    await world.clock.advance(2000);
    expect(world.rounds.at(-1)?.outcome).toBe('unchanged');
    expect(world.nginx.applyCalls).toBe(1);
  });

  it('are told to be none when the last slice goes', async () => {
    await world.change('structure', { coffee: ['10.0.0.2'] });
    expect(world.used()).toEqual({ tea: [], coffee: ['10.0.0.2'] });
  });

  it('are none any more at once when their Service goes with them', async () => {
    world.nginx.beforeApply = () => new Promise(() => {});
    const left = objects({ coffee: ['10.0.0.2'] }).filter(({ key }) => key !== 'default/tea');
    await world.changeTo('structure', left);
    expect(world.used()).toEqual({ tea: [], coffee: ['10.0.0.2'] });
  });

  it('are told while a configuration is on its way, and stay so when another attempt follows', async () => {
    let goOn = (): void => {};
    world.nginx.beforeApply = () => new Promise((resolve) => (goOn = resolve));
    const shape = { tea: ['10.0.0.1'], coffee: ['10.0.0.2'] };
    await world.change('structure', shape, ['coffee']);
    await world.clock.advance(100);
    expect(world.nginx.applyCalls).toBe(2);
    await world.change('endpoints', { ...shape, coffee: ['10.0.0.9'] }, ['coffee']);
    expect(world.used()['coffee']).toEqual(['10.0.0.9']);
    // The round leaves the Ingress out, and begins anew with what it began with.
    world.nginx.objection = ({ told }) => (told.size === 1 ? { message: 'no' } : undefined);
    world.nginx.beforeApply = () => {};
    goOn();
    await settle();
    expect(world.rounds.at(-1)?.quarantine.size).toBe(1);
    expect(world.used()['coffee']).toEqual(['10.0.0.9']);
  });

  it('are told for what runs as well, while a configuration without it waits for its reload', async () => {
    world.nginx.generations = 9;
    const shape = { tea: ['10.0.0.1'], coffee: ['10.0.0.2'] };
    await world.change('structure', shape, ['tea']);
    await world.clock.advance(5000);
    expect(world.rounds.at(-1)?.outcome).toBe('postponed');
    await world.change('endpoints', { ...shape, coffee: ['10.0.0.9'] }, ['tea']);
    expect(world.used()).toEqual({ tea: ['10.0.0.1'], coffee: ['10.0.0.9'] });
    await world.change('structure', { tea: ['10.0.0.8'], coffee: ['10.0.0.7'] }, ['tea']);
    await world.clock.advance(5000);
    expect(world.used()).toEqual({ tea: ['10.0.0.8'], coffee: ['10.0.0.7'] });
  });

  it('are all told again after a restart of nginx, and after it could not be told', async () => {
    world.pipeline.nginxRestarted();
    await settle();
    world.nginx.isDeaf = true;
    await world.change('endpoints', { tea: ['10.0.0.4'] });
    await world.clock.advance(2000);
    world.nginx.isDeaf = false;
    await world.clock.advance(2000);
    expect(world.nginx.told.map(({ telling }) => telling)).toEqual(['all', 'all', 'all']);
    expect(world.used()).toEqual({ tea: ['10.0.0.4'], coffee: [] });
  });

  it('are in the end what the objects say, whatever comes in which order', async () => {
    const addresses = fc.uniqueArray(fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3'), { maxLength: 3 });
    const change = fc.record({
      of: fc.constantFrom<ChangeKind>('endpoints', 'structure'),
      shape: fc.record({ tea: addresses, coffee: addresses }),
      paths: fc.constantFrom(SERVICES, ['tea']),
      waitMs: fc.constantFrom(0, 30, 300, 3000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        const other = new World();
        await other.start({ tea: ['10.0.0.1'] });
        for (const { of, shape, paths, waitMs } of changes) {
          await other.change(of, shape, paths);
          await other.clock.advance(waitMs);
        }
        await other.clock.advance(5000);
        const { shape, paths } = changes.at(-1)!;
        for (const name of paths) {
          expect(other.used()[name]).toEqual(shape[name as 'coffee' | 'tea'].toSorted());
        }
      }),
      { numRuns: 60 },
    );
  });
});
