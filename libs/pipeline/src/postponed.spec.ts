import { beforeEach, describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import type { Bundle, ReloadCause } from '@gatehouse/nginx';
import { aBundle, FakeClock, FakeNginx, RecordingLogger, resolveObjects, settle, snapshotOf } from '@gatehouse/testing';
import { createPipeline, type Pipeline } from './pipeline.ts';
import type { ChangeKind } from './ports.ts';
import type { Round } from './round.ts';

describe('a round whose reload has to wait for old workers', () => {
  let [nginx, clock, logger] = [new FakeNginx(), new FakeClock(), new RecordingLogger()];
  let rounds: Round[];
  let onChange: (of?: ChangeKind) => void;
  let bundle: Bundle;
  let running: (string | undefined)[];
  let shutdownMs = 240_000;
  let pipeline: Pipeline;

  beforeEach(async () => {
    [nginx, clock, logger, rounds, running] = [new FakeNginx(), new FakeClock(), new RecordingLogger(), [], []];
    bundle = { ...aBundle({ answer: 'first' }), reloadCauses: ['routes', 'certificates'] };
    const { resolution } = resolveObjects([]);
    shutdownMs = 240_000;
    pipeline = createPipeline({
      ...{ nginx, clock, logger, jitter: () => 0 },
      source: {
        start: async (listener) => void (onChange = listener),
        snapshot: () => snapshotOf([]),
        stop: async () => {},
      },
      events: { record: () => {} },
      onRound: (round) => rounds.push(round),
      resolve: () => {
        const settings = { ...resolution.model.settings, workerShutdownTimeoutMs: shutdownMs };
        return { ...resolution, model: { ...resolution.model, settings } };
      },
      render: (_model, runningDigest) => {
        running.push(runningDigest);
        return bundle;
      },
    });
    await pipeline.start();
    await settle();
  });

  const change = async (answer: string, more: Partial<Bundle> = {}) => {
    bundle = { ...aBundle({ answer }), reloadCauses: ['routes', 'certificates'], ...more };
    onChange();
    await settle();
    await clock.advance(100);
    return rounds.at(-1);
  };

  it('has a start, then what differs, then a recovery as its cause', async () => {
    expect(rounds.at(-1)?.reloadCauses).toEqual(['start']);
    expect((await change('second'))?.reloadCauses).toEqual(['routes', 'certificates']);
    expect(running).toEqual([undefined, rounds[0]?.digest]);
    expect(logger.entries.findLast(({ message }) => message === 'The configuration runs')?.data).toMatchObject({
      causes: ['routes', 'certificates'],
    });
    nginx.objection = () => {
      throw new Error('disk full');
    };
    await change('third');
    nginx.objection = () => undefined;
    await clock.advance(1000);
    expect(rounds.at(-1)?.reloadCauses).toEqual(['recovery']);
    pipeline.nginxRestarted();
    await settle();
    // It runs what it should, as was found out.
    expect(rounds.at(-1)).toMatchObject({ outcome: 'applied', reloadCauses: [] });
  });

  it('counts what nginx refused', async () => {
    nginx.objection = () => ({ message: 'no' });
    expect(await change('second')).toMatchObject({ outcome: 'refused', refusals: 1, reloadCauses: [] });
  });

  it('leaves what runs, says once why, and is tried again when they have ended', async () => {
    nginx.generations = 4;
    expect(await change('second')).toMatchObject({ outcome: 'postponed', waits: { generations: 4 }, reloadCauses: [] });
    await clock.advance(20_000);
    expect(nginx.running?.digest).toBe(rounds[0]?.digest);
    const said = logger.entries.filter(({ message }) => message.startsWith('A reload waits'));
    expect(said).toMatchObject([{ level: 'warn', data: { generations: 4, workerShutdownTimeoutMs: 240_000 } }]);
    nginx.generations = 0;
    await clock.advance(5000);
    expect(rounds.at(-1)).toMatchObject({ outcome: 'applied', digest: bundle.digest });
    const count = rounds.length;
    await clock.advance(60_000);
    expect(rounds).toHaveLength(count);
  });

  it('needs a place more where nginx makes a generation on its way', async () => {
    nginx.generations = 3;
    const bridge = { from: '', text: () => '' };
    expect(await change('second', { bridge })).toMatchObject({ outcome: 'postponed', waits: { generations: 4 } });
    await clock.advance(60_000);
    expect(rounds.at(-1)?.outcome).toBe('postponed');
    nginx.generations = 2;
    await clock.advance(5000);
    expect(rounds.at(-1)?.outcome).toBe('applied');
  });

  it.each<[ReloadCause, ReloadCause]>([
    ['endpoints', 'routes'],
    ['settings', 'streams'],
  ])('waits ten seconds at most where endpoints stand in the configuration (%s, %s)', async (...reloadCauses) => {
    nginx.generations = 9;
    await change('second', { reloadCauses });
    await clock.advance(9000);
    expect(rounds.at(-1)).toMatchObject({ outcome: 'postponed', waits: { isForEndpoints: true } });
    await clock.advance(1000);
    expect(rounds.at(-1)).toMatchObject({ outcome: 'applied', reloadCauses });
  });

  it('waits ten seconds at most while it is not certain what runs, and so not what differs', async () => {
    nginx.objection = () => {
      throw new Error('disk full');
    };
    await change('second');
    nginx.objection = () => undefined;
    nginx.generations = 9;
    await change('third', { reloadCauses: [] });
    expect(rounds.at(-1)).toMatchObject({ outcome: 'postponed', waits: { isForEndpoints: true } });
    await clock.advance(10_000);
    expect(rounds.at(-1)).toMatchObject({ outcome: 'applied', reloadCauses: ['recovery'] });
  });

  it('is not tried again and again while each reload ends in a fault', async () => {
    await clock.advance(240_000);
    nginx.afterReload = () => {
      nginx.generations += 1;
      throw new Error('no proof');
    };
    await change('second');
    await clock.advance(240_000);
    expect(nginx.generations).toBeGreaterThan(3);
    expect(nginx.generations).toBeLessThan(12);
    nginx.afterReload = () => undefined;
    nginx.generations = 0;
    await clock.advance(8000);
    expect(rounds.at(-1)).toMatchObject({ outcome: 'applied', digest: bundle.digest });
  });

  it('waits for old workers as long as the settings let them live that they began with', async () => {
    shutdownMs = 30_000;
    await change('second');
    nginx.generations = 9;
    await change('third');
    await clock.advance(239_000);
    expect(rounds.at(-1)?.outcome).toBe('postponed');
    await clock.advance(1000);
    expect(rounds.at(-1)?.outcome).toBe('applied');
    await change('fourth');
    await clock.advance(30_000);
    expect(rounds.at(-1)?.outcome).toBe('applied');
  });

  it('waits no longer than worker-shutdown-timeout', async () => {
    nginx.generations = 9;
    await change('second');
    await clock.advance(239_000);
    expect(rounds.at(-1)?.outcome).toBe('postponed');
    await clock.advance(1000);
    expect(rounds.at(-1)?.outcome).toBe('applied');
  });

  it('tells meanwhile which certificates nginx cannot use', async () => {
    nginx.generations = 4;
    await change('second');
    nginx.unusableCertificates = () => [{ secret: objectKey('default', 'cafe'), standsIn: 'the one before' }];
    await change('second');
    expect(rounds.at(-1)?.problems.map(({ code }) => code)).toEqual(['CertificateInvalid']);
  });

  it('has the certificates of what runs looked at when its change is taken back', async () => {
    nginx.generations = 3;
    await change('second', { linksDigest: 'newer' });
    const calls = nginx.applyCalls;
    expect((await change('first'))?.outcome).not.toBe('postponed');
    expect(nginx.applyCalls).toBe(calls + 1);
    await clock.advance(60_000);
    expect(nginx.applyCalls).toBe(calls + 1);
  });
});
