import { describe, expect, it } from '@jest/globals';
import { FakeClock, FakeNginx, RecordingLogger, resolveObjects, settle, snapshotOf } from '@gatehouse/testing';
import { createPipeline } from './pipeline.ts';

/** A pipeline whose configuration is another one after every change, and has no Ingress that could be left out. */
function aPipeline() {
  const { resolution } = resolveObjects([]);
  const world = { nginx: new FakeNginx(), clock: new FakeClock(), logger: new RecordingLogger() };
  let [onChange, generation] = [() => {}, 0];
  const pipeline = createPipeline({
    ...world,
    source: {
      start: async (listener) => void (onChange = listener),
      snapshot: () => snapshotOf([]),
      stop: async () => {},
    },
    events: { record: () => {} },
    jitter: () => 0,
    resolve: () => resolution,
    render: () => ({
      digest: String((generation += 1)),
      told: new Map(),
      files: new Map(),
      certificates: new Map(),
      certificateLinks: new Map(),
      linksDigest: '',
      problems: [],
      reloadCauses: [],
      originOfLine: () => undefined,
    }),
  });
  const change = async () => {
    onChange();
    await settle();
    await world.clock.advance(10_000);
  };
  return {
    ...world,
    pipeline,
    change,
    lastError: () => world.logger.entries.findLast(({ level }) => level === 'error'),
  };
}

describe('what is said of a configuration that does not come to run', () => {
  it('is that nothing runs yet, with the reason and no stack, until nginx has taken one', async () => {
    const { nginx, pipeline, change, lastError } = aPipeline();
    nginx.objection = () => {
      throw new Error('port taken');
    };
    await pipeline.start();
    await settle();
    expect(lastError()).toEqual({
      level: 'error',
      message: 'The configuration could not be applied; nothing runs yet',
      data: { reason: 'port taken' },
    });
    nginx.objection = () => ({ message: 'no' });
    await change();
    expect(lastError()?.message).toBe('nginx refused the configuration; nothing runs yet');
    await pipeline.stop(0);
  });

  it('is that the last good one stays, once nginx has taken one', async () => {
    const { nginx, pipeline, change, lastError } = aPipeline();
    await pipeline.start();
    await settle();
    nginx.objection = () => ({ message: 'no' });
    await change();
    expect(lastError()?.message).toBe('nginx refused the configuration; the last good one stays');
    const fault = new Error('disk full');
    nginx.objection = () => {
      throw fault;
    };
    await change();
    expect(lastError()?.message).toBe('The configuration could not be applied; the last good one stays');
    expect(lastError()?.data).toEqual({ error: fault });
    await pipeline.stop(0);
  });
});
