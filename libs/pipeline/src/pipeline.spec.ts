import { beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { objectKey, type Problem } from '@gatehouse/core';
import type { AnyObject, Ingress } from '@gatehouse/kube-model';
import type { Bundle } from '@gatehouse/nginx';
import type { Model } from '@gatehouse/routing';
import { anIngress, aService, FakeClock, FakeNginx, RecordingLogger, settle, snapshotOf } from '@gatehouse/testing';
import { createPipeline, type Pipeline, type PipelineOptions } from './pipeline.ts';
import type { EventRecord } from './ports.ts';
import type { Round } from './round.ts';

/** The part of a model that the tiny resolve and render of this spec agree on: a line for each Ingress. */
interface TinyModel {
  readonly settings: object;
  readonly lines: readonly { readonly text: string; readonly ingress: Ingress }[];
}

/** An Ingress whose line in nginx.conf is `text`. */
const saying = (name: string, text: string, more: Parameters<typeof anIngress>[0] = {}) =>
  anIngress({ ...more, name, annotations: { text } });

const settings = {};

class World {
  readonly clock = new FakeClock();
  readonly nginx = new FakeNginx();
  readonly logger = new RecordingLogger();
  readonly events: EventRecord[] = [];
  readonly rounds: Round[] = [];
  objects: readonly AnyObject[] = [];
  settings: object = settings;
  /** Whether lines name the Ingress they are of. */
  linesHaveOrigins = true;
  problems: readonly Problem[] = [];
  stopped = 0;
  #onChange: () => void = () => undefined;
  readonly pipeline: Pipeline;

  constructor(more: Partial<PipelineOptions> = {}) {
    this.pipeline = createPipeline({
      source: {
        start: async (onChange) => void (this.#onChange = onChange),
        snapshot: () => snapshotOf(this.objects),
        stop: async () => void (this.stopped += 1),
      },
      nginx: this.nginx,
      clock: this.clock,
      logger: this.logger,
      events: { record: (event) => this.events.push(event) },
      jitter: () => 0,
      onRound: (round) => this.rounds.push(round),
      resolve: (snapshot) => {
        const served = [...snapshot.ingresses.values()];
        const lines = served.map((ingress) => ({ text: ingress.annotations.get('text') ?? '', ingress }));
        const model = { settings: this.settings, lines } satisfies TinyModel;
        return { model: model as unknown as Model, problems: this.problems, served };
      },
      render: (model) => this.#render(model as unknown as TinyModel),
      ...more,
    });
  }

  #render({ lines }: TinyModel): Bundle {
    const text = lines.map((line) => `${line.text}\n`).join('');
    return {
      ...{ certificates: new Map(), certificateLinks: new Map(), linksDigest: '', problems: [] },
      digest: createHash('sha256').update(text).digest('hex'),
      told: new Map(),
      files: new Map([['nginx.conf', text]]),
      reloadCauses: ['routes'],
      originOfLine: (line) => {
        const object = this.linesHaveOrigins ? lines[line - 1]?.ingress.ref : undefined;
        return object && { object, field: '' };
      },
    };
  }

  /** nginx refuses every line with `bad` in it, and names the line unless told otherwise. */
  refuseBadLines(more: { readonly namingLines: boolean } = { namingLines: true }) {
    this.nginx.objection = (bundle) => {
      const index = linesOf(bundle).findIndex((line) => line.includes('bad'));
      if (index < 0) return undefined;
      return { message: `line ${index + 1} is bad`, ...(more.namingLines ? { line: index + 1 } : {}) };
    };
  }

  touch(...objects: readonly AnyObject[]) {
    this.objects = objects;
    this.#onChange();
  }

  async change(...objects: readonly AnyObject[]) {
    this.touch(...objects);
    await this.clock.advance(100);
  }

  async begin(...objects: readonly AnyObject[]) {
    this.objects = objects;
    await this.pipeline.start();
    await settle();
  }

  get runs(): readonly string[] | undefined {
    return this.nginx.running && linesOf(this.nginx.running);
  }

  get lastRound(): Round {
    return this.rounds.at(-1)!;
  }
}

function linesOf(bundle: Bundle): readonly string[] {
  return bundle.files
    .get('nginx.conf')!
    .split('\n')
    .filter((line) => line !== '');
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe('the pipeline', () => {
  it('applies the first state at once', async () => {
    await world.begin(saying('a', 'one'));
    expect(world.runs).toEqual(['one']);
    expect(world.lastRound).toMatchObject({ outcome: 'applied', appliedAtMs: 0 });
  });

  it('applies changes that come together as one', async () => {
    await world.begin(saying('a', 'one'));
    world.touch(saying('a', 'two'));
    await world.clock.advance(30);
    await world.change(saying('a', 'three'));
    expect(world.runs).toEqual(['three']);
    expect(world.nginx.applyCalls).toBe(2);
  });

  it('does not touch nginx when the same bytes come out', async () => {
    await world.begin(saying('a', 'one'));
    await world.change(saying('a', 'one'), aService());
    expect(world.nginx.applyCalls).toBe(1);
    expect(world.lastRound.outcome).toBe('unchanged');
  });

  it('applies a change that came during an apply after it', async () => {
    await world.begin(saying('a', 'one'));
    let release: () => void = () => undefined;
    world.nginx.beforeApply = () => new Promise((resolve) => (release = resolve));
    await world.change(saying('a', 'two'));
    await world.change(saying('a', 'three'));
    expect(world.nginx.applyCalls).toBe(2);
    release();
    await settle();
    release();
    await settle();
    expect(world.runs).toEqual(['three']);
  });

  it('tries again after a fault, and says so loudly', async () => {
    world.nginx.beforeApply = () => {
      if (world.nginx.applyCalls < 3) throw new Error('disk full');
    };
    await world.begin(saying('a', 'one'));
    expect(world.logger.messages('error')).toHaveLength(1);
    await world.clock.advance(600);
    expect(world.runs).toEqual(['one']);
    expect(world.logger.messages('error')).toHaveLength(2);
  });

  it('applies again what it had when nginx was started again', async () => {
    await world.begin(saying('a', 'one'));
    world.pipeline.nginxRestarted();
    await settle();
    expect(world.nginx.applyCalls).toBe(2);
  });

  it('asks nginx again after a fault although the digest is one that ran before', async () => {
    await world.begin(saying('a', 'one'));
    world.nginx.beforeApply = () => {
      throw new Error('nginx is gone');
    };
    await world.change(saying('a', 'two'));
    world.nginx.beforeApply = () => undefined;
    await world.change(saying('a', 'one'));
    expect(world.nginx.applied).toHaveLength(2);
  });

  it('ends everything when it is stopped, also in the middle of an apply', async () => {
    await world.begin(saying('a', 'one'));
    let release: () => void = () => undefined;
    world.nginx.beforeApply = () => new Promise((resolve) => (release = resolve));
    await world.change(saying('a', 'two'));
    const stopping = world.pipeline.stop(1000);
    await settle();
    release();
    await stopping;
    await world.change(saying('a', 'three'));
    await world.clock.advance(60_000);
    expect([world.nginx.isStopped, world.stopped, world.nginx.applyCalls]).toEqual([true, 1, 2]);
    expect(world.logger.messages('error')).toEqual([]);
  });
});

describe('an Ingress that nginx refuses', () => {
  beforeEach(() => world.refuseBadLines());

  it('is left out, and hurts nobody else', async () => {
    await world.begin(saying('a', 'one'), saying('b', 'bad'), saying('c', 'three'));
    expect(world.runs).toEqual(['one', 'three']);
    expect(world.lastRound.problems).toMatchObject([
      { code: 'ConfigRejected', object: { name: 'b' }, message: 'nginx says: line 2 is bad' },
    ]);
  });

  it('keeps serving in its last accepted form', async () => {
    await world.begin(saying('a', 'one'), saying('b', 'two'));
    await world.change(saying('a', 'ONE'), saying('b', 'bad'));
    expect(world.runs).toEqual(['ONE', 'two']);
  });

  it('is not asked about again while it stays as it is', async () => {
    const bad = saying('b', 'bad');
    await world.begin(bad);
    await world.change(saying('a', 'one'), bad);
    expect(world.nginx.applyCalls).toBe(3);
    expect(world.runs).toEqual(['one']);
    expect(world.events.filter((event) => event.reason === 'ConfigRejected')).toHaveLength(1);
  });

  it('is taken again when it changes', async () => {
    await world.begin(saying('a', 'one'), saying('b', 'bad'));
    await world.change(saying('a', 'one'), saying('b', 'good'));
    expect(world.runs).toEqual(['one', 'good']);
    expect(world.lastRound.problems).toEqual([]);
  });

  it('is told of with all others of its kind', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    await world.begin(...names.map((name) => saying(name, `bad ${name}`)), saying('z', 'fine'));
    expect(world.runs).toEqual(['fine']);
    expect(world.lastRound.problems.map((problem) => problem.object.name)).toEqual(names);
  });

  it('is found by trying when nginx names no line', async () => {
    world.refuseBadLines({ namingLines: false });
    const good = Array.from({ length: 40 }, (_, index) => saying(`i${index}`, `line ${index}`));
    await world.begin(...good.slice(0, 20));
    await world.change(...good, saying('x', 'bad'));
    expect(world.runs).toHaveLength(40);
    expect(world.lastRound.problems).toMatchObject([{ object: { name: 'x' } }]);
    expect(world.nginx.testCalls).toBeLessThanOrEqual(2 + 5);
  });

  it('is found by trying when the named line is of nobody', async () => {
    world.linesHaveOrigins = false;
    await world.begin(saying('a', 'one'), saying('b', 'bad'));
    expect(world.runs).toEqual(['one']);
  });

  it('is left out when something else made it bad', async () => {
    const a = saying('a', 'one');
    await world.begin(a, saying('b', 'two'));
    world.nginx.objection = (bundle) =>
      linesOf(bundle).includes('one') ? { message: 'its Service is bad', line: 1 } : undefined;
    await world.change(a, saying('b', 'TWO'));
    expect(world.runs).toEqual(['TWO']);
  });

  it('is not to blame when the settings made it bad: the last good configuration stays', async () => {
    const a = saying('a', 'one');
    await world.begin(a, saying('b', 'two'));
    world.nginx.objection = () => ({ message: 'the setting is bad', line: 1 });
    world.settings = {};
    await world.change(a, saying('b', 'TWO'));
    expect(world.runs).toEqual(['one', 'two']);
    expect(world.lastRound.outcome).toBe('refused');
    expect(world.logger.messages('error')).toHaveLength(1);
    world.nginx.objection = () => undefined;
    await world.change(a, saying('b', 'TWO!'));
    expect(world.runs).toEqual(['one', 'TWO!']);
  });

  it('is not to blame for what nginx accepts in a test and cannot run: that is a fault', async () => {
    await world.begin(saying('a', 'one'));
    world.nginx.test = async () => ({ kind: 'accepted' });
    world.nginx.objection = () => ({ message: 'cannot run it' });
    await world.change(saying('a', 'two'));
    expect(world.logger.messages('error')).toEqual(['The configuration could not be applied; the last good one stays']);
    world.nginx.objection = () => undefined;
    await world.clock.advance(200);
    expect(world.runs).toEqual(['two']);
  });

  it('has its CREATE told all the same, and a Warning why it is not served', async () => {
    await world.begin(saying('b', 'bad'));
    expect(world.events.map((event) => event.reason)).toEqual(['CREATE', 'Sync', 'ConfigRejected']);
  });
});

describe('what is told', () => {
  it('are the Events of the object, once', async () => {
    const a = saying('a', 'one');
    await world.begin(a);
    await world.change(a, aService());
    await world.change();
    expect(world.events.map((event) => `${event.reason} ${event.object.name}`)).toEqual([
      'CREATE a',
      'Sync a',
      'DELETE a',
    ]);
  });

  it('are the statuses that differ, of the form that the author wrote, after the configuration runs', async () => {
    const written: (readonly [Ingress, number])[] = [];
    world = new World({
      status: {
        sink: { write: async (ingress) => void written.push([ingress, world.nginx.applied.length]) },
        addresses: () => [{ ip: '192.0.2.1' }],
      },
    });
    world.refuseBadLines();
    await world.begin(saying('a', 'one'));
    const bad = saying('a', 'bad', { uid: 'another' });
    await world.change(bad);
    expect(written.map(([ingress, runs]) => [ingress.annotations.get('text'), runs])).toEqual([
      ['one', 1],
      ['bad', 1],
    ]);
  });

  it('are Problems in their order, those of resolve included', async () => {
    const ref = saying('a', '').ref;
    world.problems = [{ code: 'SecretMissing', object: ref, field: 'spec.tls[0]', message: 'x' }];
    world.refuseBadLines();
    await world.begin(saying('a', 'bad'));
    expect(world.lastRound.problems.map((problem) => problem.code)).toEqual(['ConfigRejected', 'SecretMissing']);
    expect(world.lastRound.quarantine.has(objectKey('default', 'a'))).toBe(true);
  });
});
