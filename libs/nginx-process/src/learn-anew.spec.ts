import { describe, expect, it } from '@jest/globals';
import { RecordingLogger } from '@gatehouse/testing';
import { learnAnew, type Passed } from './learn-anew.ts';
import type { RelearningSteps } from './relearning.ts';

const STEPS = Object.fromEntries(
  ['both', 'second', 'bothAgain', 'first'].map((name) => [name, { text: name, proof: name, learns: [] }]),
) as unknown as RelearningSteps;

describe('the way on which nginx learns endpoints anew', () => {
  /** Each step goes as was planned for it, time after time, then well. */
  const walk = async (plan: Record<string, readonly (Passed | Error)[]>, pauses = Infinity) => {
    const [taken, waits]: [string[], number[]] = [[], []];
    const logger = new RecordingLogger();
    const left = new Map(Object.entries(plan).map(([name, each]) => [name, [...each]]));
    let paused = 0;
    const learning = learnAnew(STEPS, {
      go: ({ proof }, tellingMs) => {
        taken.push(proof);
        if (proof === 'bothAgain') waits.push(tellingMs);
        const passed = left.get(proof)?.shift() ?? 'told';
        return passed instanceof Error ? Promise.reject(passed) : Promise.resolve(passed);
      },
      pause: () => (++paused > pauses ? Promise.reject(new Error('nginx ended')) : Promise.resolve()),
      logger,
    });
    const error = await learning.then(
      () => undefined,
      (reason: unknown) => (reason as Error).message,
    );
    return { taken, error, waits, errors: logger.messages('error').length };
  };
  const refused: Passed = { kind: 'refused', message: 'no room' };
  const whole = ['both', 'second', 'bothAgain', 'first'];

  it('is four steps', async () => {
    expect(await walk({})).toMatchObject({ taken: whole, error: undefined, errors: 0 });
  });

  it.each<[string, Passed | Error, string]>([
    ['was not told all', 'not told', 'it was not told all endpoints in time'],
    ['is refused', refused, 'no room'],
    ['cannot be proven', new Error('did not run'), 'did not run'],
  ])('goes back at once when its first step %s: nothing is lost yet', async (_, passed, error) => {
    expect(await walk({ both: [passed] })).toMatchObject({ taken: ['both', 'first'], error });
  });

  it('leaves the second service only when nginx was told all under the first one again', async () => {
    const { taken, waits, errors, error } = await walk({
      bothAgain: ['not told', refused, new Error('did not run'), ...Array<Passed>(5).fill('not told')],
    });
    expect(taken).toEqual(['both', 'second', ...Array<string>(9).fill('bothAgain'), 'first']);
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 600, 600, 600].map((seconds) => seconds * 1000));
    expect([errors, error]).toEqual([8, undefined]);
  });

  it('goes back at once when its second step is refused: nginx has both', async () => {
    expect(await walk({ second: [refused] })).toMatchObject({ taken: ['both', 'second', 'first'], error: 'no room' });
  });

  it('goes on by what is safe when nobody knows whether its second step was taken', async () => {
    const second = [new Error('did not run')];
    expect(await walk({ second, bothAgain: ['not told'] })).toMatchObject({
      taken: ['both', 'second', 'bothAgain', 'bothAgain', 'first'],
      error: 'did not run',
    });
  });

  it('ends when nginx has', async () => {
    const { taken, error } = await walk({ bothAgain: ['not told', 'not told', 'not told'] }, 1);
    expect([taken.at(-1), taken.length, error]).toEqual(['bothAgain', 4, 'nginx ended']);
  });
});
