import { describe, expect, it } from '@jest/globals';
import { FakeClock, RecordingLogger } from '@gatehouse/testing';
import { calmLogger } from './calm-logger.ts';

describe('calmLogger', () => {
  it('says the same thing five times in half a minute, and then how often it did not', async () => {
    const [logger, clock] = [new RecordingLogger(), new FakeClock()];
    const calm = calmLogger(logger, clock);
    for (let i = 0; i < 12; i++) calm.warn('again', { i });
    calm.error('something else');
    expect(logger.messages('warn')).toHaveLength(5);
    expect(logger.messages('error')).toHaveLength(1);
    await clock.advance(30_000);
    calm.warn('again', { i: 12 });
    expect(logger.entries.at(-1)?.data).toEqual({ i: 12, alsoBefore: 7 });
  });
});
