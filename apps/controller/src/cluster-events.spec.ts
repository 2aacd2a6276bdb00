import { describe, expect, it } from '@jest/globals';
import type { EventRecord } from '@gatehouse/pipeline';
import { FakeClock, RecordingLogger } from '@gatehouse/testing';
import { loggingWarnings, withoutNormalEvents } from './cluster-events.ts';

const ingress = { kind: 'Ingress', namespace: 'default', name: 'cafe' } as const;
const pod = { kind: 'Pod', namespace: 'edge', name: 'p-0' } as const;
const sync: EventRecord = { type: 'Normal', reason: 'Sync', message: 'Scheduled for sync', object: ingress };
const warning: EventRecord = { type: 'Warning', reason: 'SecretMissing', message: 'no Secret', object: ingress };
const reload: EventRecord = { type: 'Normal', reason: 'RELOAD', message: 'reloaded', object: pod };

describe('Events in a cluster', () => {
  it('are, without those of Sync, the Warnings and what happens to our Pod', () => {
    const told: EventRecord[] = [];
    const sink = withoutNormalEvents({ record: (event) => told.push(event) });
    for (const event of [sync, warning, reload]) sink.record(event);
    expect(told).toEqual([warning, reload]);
  });

  it('are logged, too, when they warn', () => {
    const told: EventRecord[] = [];
    const logger = new RecordingLogger();
    const sink = loggingWarnings({ record: (event) => told.push(event) }, { logger, clock: new FakeClock() });
    for (const event of [sync, warning, reload]) sink.record(event);
    expect(told).toEqual([sync, warning, reload]);
    expect(logger.entries).toMatchObject([
      { level: 'warn', data: { object: 'Ingress default/cafe', reason: 'SecretMissing', text: 'no Secret' } },
    ]);
  });

  it('fill no log, however many an object causes, and tell when they do not', async () => {
    const logger = new RecordingLogger();
    const clock = new FakeClock();
    const sink = loggingWarnings({ record: () => undefined }, { logger, clock });
    const other: EventRecord = { ...warning, object: { ...ingress, name: 'other' } };
    for (let index = 0; index < 10_000; index += 1) sink.record({ ...warning, message: `path ${index}` });
    sink.record(other);
    expect(logger.messages('warn').filter((message) => message === 'event')).toHaveLength(26);
    await clock.advance(60_000);
    sink.record(warning);
    expect(logger.messages('warn').filter((message) => message === 'event')).toHaveLength(27);
    expect(logger.entries.at(-1)?.data['alsoBefore']).toBe(9975);
  });
});
