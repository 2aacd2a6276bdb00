import { beforeEach, describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import type { Bundle } from '@gatehouse/nginx';
import { aBundle, FakeClock, FakeNginx, RecordingLogger, resolveObjects, settle, snapshotOf } from '@gatehouse/testing';
import { createPipeline, type Pipeline } from './pipeline.ts';
import type { EventRecord } from './ports.ts';
import type { Round } from './round.ts';

const POD = { kind: 'Pod', namespace: 'system', name: 'gatehouse' } as const;

describe('a round in which nothing but certificates is new', () => {
  let [nginx, clock, logger] = [new FakeNginx(), new FakeClock(), new RecordingLogger()];
  let events: EventRecord[];
  let rounds: Round[];
  let onChange: () => void;
  let bundle: Bundle;
  let pipeline: Pipeline;

  beforeEach(async () => {
    [nginx, clock, logger, events, rounds] = [new FakeNginx(), new FakeClock(), new RecordingLogger(), [], []];
    bundle = { ...aBundle(), linksDigest: 'first' };
    const { resolution } = resolveObjects([]);
    pipeline = createPipeline({
      ...{ nginx, clock, logger, pod: POD, jitter: () => 0 },
      source: {
        start: async (listener) => void (onChange = listener),
        snapshot: () => snapshotOf([]),
        stop: async () => {},
      },
      events: { record: (event) => events.push(event) },
      onRound: (round) => rounds.push(round),
      resolve: () => resolution,
      render: () => bundle,
    });
    await pipeline.start();
    await settle();
    events.length = 0;
  });

  const renew = async (linksDigest: string) => {
    bundle = { ...bundle, linksDigest };
    onChange();
    await settle();
    await clock.advance(10_000);
    return rounds.at(-1);
  };
  const codes = () => rounds.at(-1)?.problems.map(({ code, object }) => `${code} ${object.name}`);

  it('is applied, and told as no reload', async () => {
    expect(await renew('second')).toMatchObject({ outcome: 'renewed', appliedAtMs: expect.any(Number) });
    expect(nginx.running?.linksDigest).toBe('second');
    expect(events).toEqual([]);
    expect(logger.messages('info').at(-1)).toBe('Certificates were renewed without a reload');
  });

  it('is followed by nothing while all stays as it is', async () => {
    await renew('second');
    expect(await renew('second')).toMatchObject({ outcome: 'unchanged' });
    expect(nginx.applyCalls).toBe(2);
  });

  it('names the Secrets whose certificates nginx cannot use, until others take their place', async () => {
    nginx.unusableCertificates = ({ linksDigest }) =>
      linksDigest === 'bad' ? [{ secret: objectKey('default', 'cafe'), standsIn: 'the one before' }] : [];
    await renew('bad');
    expect(codes()).toEqual(['CertificateInvalid cafe']);
    expect(await renew('bad')).toMatchObject({ outcome: 'unchanged' });
    expect(codes()).toEqual(['CertificateInvalid cafe']);
    await renew('good');
    expect(codes()).toEqual([]);
  });

  it.each([
    ['the one before', 'the one that was served before stays'],
    ['the self-signed one', 'the self-signed one is served'],
  ] as const)('says that %s stands in for a certificate that nginx cannot use', async (standsIn, effect) => {
    nginx.unusableCertificates = () => [{ secret: objectKey('default', 'cafe'), standsIn }];
    const message = `nginx cannot use the certificate of Secret "default/cafe"; ${effect}`;
    expect((await renew('bad'))?.problems).toMatchObject([{ message }]);
  });

  it('is looked at again when nginx was started anew', async () => {
    await renew('second');
    pipeline.nginxRestarted();
    await settle();
    expect(nginx.applyCalls).toBe(3);
  });
});
