import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Bundle } from '@gatehouse/nginx';
import { FakeClock, FakeNginx, RecordingLogger, resolveObjects, settle, snapshotOf } from '@gatehouse/testing';
import { createPipeline, type Pipeline } from './pipeline.ts';
import type { Round } from './round.ts';

describe('the pipeline', () => {
  let nginx: FakeNginx;
  let clock: FakeClock;
  let pipeline: Pipeline;
  let endpoints: Bundle['endpoints'];
  let rounds: Round[];
  let onChange: (of?: 'endpoints') => void;

  const howTold = () => nginx.told.map(({ telling }) => telling);

  beforeEach(async () => {
    const { resolution } = resolveObjects([]);
    nginx = new FakeNginx();
    clock = new FakeClock();
    rounds = [];
    endpoints = new Map([['a', [{ address: '10.0.0.1', port: 80 }]]]);
    pipeline = createPipeline({
      nginx,
      clock,
      logger: new RecordingLogger(),
      source: {
        start: async (listener) => void (onChange = listener),
        snapshot: () => snapshotOf([]),
        stop: async () => {},
      },
      events: { record: () => {} },
      endpointsReach: 'byDns',
      jitter: () => 0,
      resolve: () => resolution,
      render: () => ({
        digest: 'same',
        endpoints,
        files: new Map(),
        certificates: new Map(),
        certificateLinks: new Map(),
        linksDigest: '',
        problems: [],
        originOfLine: () => undefined,
      }),
      onRound: (round) => rounds.push(round),
    });
  });

  it('tells nginx endpoints before the configuration that has use for them', async () => {
    let toldBefore = 0;
    nginx.beforeApply = () => void (toldBefore = nginx.told.length);
    await pipeline.start();
    await settle();
    expect(toldBefore).toBe(1);
    expect(nginx.told[0]).toEqual({ endpoints, telling: 'all' });
  });

  it('tells them alone, and at once, when nothing else has changed', async () => {
    await pipeline.start();
    await settle();
    await clock.advance(1000);
    endpoints = new Map([['a', [{ address: '10.0.0.2', port: 80 }]]]);
    onChange('endpoints');
    await settle();
    expect(nginx.told.at(-1)).toEqual({ endpoints, telling: 'changes' });
    expect(rounds.at(-1)?.outcome).toBe('unchanged');
    expect(nginx.applyCalls).toBe(1);
  });

  it('tells all of them again after a restart of nginx, and after it could not be told', async () => {
    await pipeline.start();
    await settle();
    pipeline.nginxRestarted();
    await settle();
    nginx.isDeaf = true;
    onChange('endpoints');
    await clock.advance(100);
    nginx.isDeaf = false;
    await clock.advance(1000);
    expect(howTold()).toEqual(['all', 'all', 'all']);
  });
});
