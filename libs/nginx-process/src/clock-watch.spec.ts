import { expect, it } from '@jest/globals';
import { FakeClock } from '@gatehouse/testing';
import { watchClock } from './clock-watch.ts';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

it('watching the clock tells of steps back alone, each once, within a second, and unless they are small', async () => {
  const time = new FakeClock();
  let skewMs = 0;
  const steps: number[] = [];
  const end = watchClock(
    {
      monotonicMs: () => time.monotonicMs(),
      nowMs: () => time.nowMs() + skewMs,
      after: (...given) => time.after(...given),
    },
    (byMs) => steps.push(byMs),
  );
  await time.advance(10_000);
  for (const skew of [14 * YEAR_MS, 14 * YEAR_MS - 5000, 14 * YEAR_MS - 9900, 0, -YEAR_MS, 0]) {
    skewMs = skew;
    await time.advance(1000);
  }
  expect(steps).toEqual([5000, 14 * YEAR_MS - 9900, YEAR_MS]);
  end();
  skewMs = -2 * YEAR_MS;
  await time.advance(10_000);
  expect(steps).toHaveLength(3);
});
