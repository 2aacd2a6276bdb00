import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChangeKind } from './ports.ts';
import {
  HOLD_OFF_MS,
  initialLoopState,
  LONGEST_REST_MS,
  LONGEST_BURST_MS,
  step,
  type LoopEvent,
  type LoopState,
  type RoundOutcome,
} from './loop.ts';

const changed = (atMs: number): LoopEvent => ({ kind: 'changed', of: 'structure', atMs });
const endpoints = (atMs: number): LoopEvent => ({ kind: 'changed', of: 'endpoints', atMs });
const fired = (atMs: number): LoopEvent => ({ kind: 'timerFired', atMs });
const restarted = (atMs: number): LoopEvent => ({ kind: 'restarted', atMs });
const finished = (atMs: number, outcome: RoundOutcome = 'applied', jitter = 0): LoopEvent => ({
  kind: 'finished',
  outcome,
  atMs,
  jitter,
});
const finishedTelling = (atMs: number): LoopEvent => ({
  kind: 'finished',
  outcome: 'unchanged',
  atMs,
  jitter: 0,
  areEndpointsTold: true,
});
const stop: LoopEvent = { kind: 'stop' };
const firstRound = [changed(0), finished(0)];

/** What the effects of the last event were, in short. */
function lastEffects(events: readonly LoopEvent[]): readonly string[] {
  let state: LoopState = initialLoopState;
  let last: readonly string[] = [];
  for (const event of events) {
    const result = step(state, event);
    state = result.state;
    last = result.effects.map((effect) => (effect.kind === 'setTimer' ? `timer ${effect.delayMs}` : effect.kind));
  }
  return last;
}

const run = ['clearTimer', 'runRound'];

describe('the loop', () => {
  it.each<[string, LoopEvent[], string[]]>([
    ['applies the very first state at once', [changed(0)], run],
    ['holds off shortly after a change', [...firstRound, changed(1000)], ['timer 40']],
    ['holds off longer after each further change', [...firstRound, changed(1000), changed(1030)], ['timer 100']],
    [
      'holds off no longer than 500 ms after the first of some changes',
      [...firstRound, ...[1000, 1030, 1120, 1210, 1300, 1390, 1480].map(changed)],
      ['timer 20'],
    ],
    [
      'holds off for longer when there are many changes',
      [...firstRound, ...Array.from({ length: 60 }, (_, index) => changed(1000 + 10 * index))],
      ['timer 100'],
    ],
    [
      'holds off for no more than 3 s however many changes there are',
      [...firstRound, ...Array.from({ length: 298 }, (_, index) => changed(1000 + 10 * index))],
      ['timer 30'],
    ],
    ['runs when the hold-off has passed', [...firstRound, changed(1000), fired(1040)], run],
    ['holds off for endpoints alone', [...firstRound, endpoints(5000)], ['timer 100']],
    ['starts no two rounds for endpoints within a second', [...firstRound, endpoints(200)], ['timer 800']],
    [
      'starts no two rounds for endpoints within two seconds where the last one found nothing that nginx was not told',
      [changed(0), finishedTelling(0), endpoints(200)],
      ['timer 1800'],
    ],
    [
      'rests after a long round before the next for endpoints',
      [changed(0), finished(400), endpoints(500)],
      ['timer 1100'],
    ],
    ['rests a second and a half at most', [changed(0), finished(5000), endpoints(5100)], ['timer 1400']],
    ['starts a round for the rest meanwhile', [...firstRound, endpoints(200), changed(210)], ['timer 40']],
    [
      'does not wait longer for the rest because of endpoints',
      [...firstRound, changed(200), endpoints(230)],
      ['timer 10'],
    ],
    ['does nothing after a round without a change', firstRound, []],
    ['runs nothing while a round is under way', [changed(0), changed(10)], []],
    ['runs again at once when the hold-off passed during the round', [changed(0), changed(10), finished(200)], run],
    ['holds off the rest after a round', [changed(0), changed(10), finished(30)], ['timer 20']],
    ['waits for a change after a refusal', [changed(0), finished(10, 'refused')], []],
    ['backs off after a fault', [changed(0), finished(10, 'fault')], ['timer 200']],
    ['shortens the backoff by up to half', [changed(0), finished(10, 'fault', 1)], ['timer 100']],
    [
      'doubles the backoff with every fault',
      [changed(0), finished(0, 'fault'), fired(200), finished(200, 'fault'), fired(600), finished(600, 'fault')],
      ['timer 800'],
    ],
    ['tries again when the backoff has passed', [changed(0), finished(10, 'fault'), fired(210)], run],
    [
      'backs off as little as at first after a success in between',
      [changed(0), finished(0, 'fault'), fired(200), finished(200), changed(300), fired(400), finished(400, 'fault')],
      ['timer 200'],
    ],
    ['drops the backoff when something changes', [changed(0), finished(0, 'fault'), changed(20)], ['timer 40']],
    [
      'does not back off when something changed during the failed round',
      [changed(0), changed(10), finished(500, 'fault')],
      run,
    ],
    ['looks at once when nginx was started again', [...firstRound, restarted(50)], run],
    [
      'looks at once when nginx was started again during a backoff',
      [changed(0), finished(0, 'fault'), restarted(5)],
      run,
    ],
    ['looks again after the round during which nginx was started again', [changed(0), restarted(5), finished(6)], run],
    [
      'does not hold off for changes after a restart in a round',
      [changed(0), changed(1), restarted(2), changed(130), finished(300)],
      run,
    ],
    ['does not begin because nginx was started again', [restarted(5)], []],
    ['clears the timer when it is stopped', [...firstRound, changed(10), stop], ['clearTimer']],
    ['runs nothing after it was stopped', [...firstRound, changed(10), stop, fired(110), changed(120)], []],
    ['runs nothing after it was stopped in a round', [changed(0), changed(1), stop, finished(300)], []],
    ['ignores a timer that fires late', [...firstRound, fired(100)], []],
  ])('%s', (_, events, effects) => {
    expect(lastEffects(events)).toEqual(effects);
  });

  it('never waits longer than 8 s, however often it failed', () => {
    const faults = Array.from({ length: 60 }, (_, index) => [finished(index, 'fault'), fired(index)]).flat();
    expect(lastEffects([changed(0), ...faults, finished(100, 'fault')])).toEqual(['timer 8000']);
  });
});

const kinds = fc.constantFrom<ChangeKind>('endpoints', 'structure');

/** What happens in a simulated world: changes at any time, rounds of any length and outcome. */
const worlds = fc.record({
  changes: fc.array(fc.record({ gapMs: fc.integer({ min: 0, max: 400 }), of: kinds }), { minLength: 1, maxLength: 40 }),
  restartsAtMs: fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 3 }),
  rounds: fc.array(
    fc.record({
      takesMs: fc.integer({ min: 0, max: 900 }),
      outcome: fc.constantFrom<RoundOutcome>('applied', 'unchanged', 'refused', 'fault'),
      jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
    }),
    { minLength: 1, maxLength: 30 },
  ),
});

type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

interface Occurrence {
  readonly atMs: number;
  readonly event: (atMs: number) => LoopEvent;
}

/** Plays a world to its end: when rounds started and ended, and when changes came. */
function play(world: World) {
  let nowMs = 0;
  const changes = world.changes.map(({ gapMs, of }) => ({ of, atMs: (nowMs += gapMs) }));
  const agenda: Occurrence[] = [
    ...changes.map(({ atMs, of }) => ({ atMs, event: of === 'structure' ? changed : endpoints })),
    ...world.restartsAtMs.map((atMs) => ({ atMs, event: restarted })),
  ];
  const rounds: { startMs: number; endMs: number; outcome: RoundOutcome }[] = [];
  let timer: Occurrence | undefined;
  let state: LoopState = initialLoopState;
  for (;;) {
    const next = [...agenda, ...(timer ? [timer] : [])].sort((a, b) => a.atMs - b.atMs)[0];
    if (next === undefined) return { rounds, changes };
    if (next === timer) timer = undefined;
    else agenda.splice(agenda.indexOf(next), 1);
    const { state: after, effects } = step(state, next.event(next.atMs));
    state = after;
    for (const effect of effects) {
      if (effect.kind === 'clearTimer') timer = undefined;
      if (effect.kind === 'setTimer') timer = { atMs: next.atMs + effect.delayMs, event: fired };
      if (effect.kind === 'runRound') {
        const plan = world.rounds[rounds.length];
        const { takesMs, outcome, jitter } = plan ?? { takesMs: 1, outcome: 'applied', jitter: 0 };
        rounds.push({ startMs: next.atMs, endMs: next.atMs + takesMs, outcome });
        agenda.push({ atMs: next.atMs + takesMs, event: (atMs) => finished(atMs, outcome, jitter) });
      }
    }
  }
}

describe('the loop in any world', () => {
  it('never runs two rounds at once', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { rounds } = play(world);
        for (const [index, round] of rounds.entries()) {
          expect(round.startMs).toBeGreaterThanOrEqual(rounds[index - 1]?.endMs ?? 0);
        }
      }),
    );
  });

  it('has a round start soon after every change, or right after the round that is under way', () => {
    const latest: Record<ChangeKind, (atMs: number, busyUntilMs: number) => number> = {
      structure: (atMs, busyUntilMs) => Math.max(atMs + LONGEST_BURST_MS, busyUntilMs),
      endpoints: (atMs, busyUntilMs) => Math.max(atMs, busyUntilMs) + LONGEST_REST_MS,
    };
    fc.assert(
      fc.property(worlds, (world) => {
        const { rounds, changes } = play(world);
        for (const { of, atMs } of changes) {
          const busyUntilMs = Math.max(0, ...rounds.filter((r) => r.startMs < atMs).map((r) => r.endMs));
          const answer = rounds.find((round) => round.startMs >= atMs);
          expect(answer?.startMs ?? Infinity).toBeLessThanOrEqual(latest[of](atMs, busyUntilMs));
        }
      }),
    );
  });

  it('ends with a round that is no fault', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        expect(play(world).rounds.at(-1)?.outcome).not.toBe('fault');
      }),
    );
  });

  it('gathers changes that follow each other within the hold-off', () => {
    const { rounds } = play({
      changes: [0, 1000, ...Array.from({ length: 20 }, () => HOLD_OFF_MS / 5)].map((gapMs) => ({
        gapMs,
        of: 'structure',
      })),
      restartsAtMs: [],
      rounds: [{ takesMs: 1, outcome: 'applied', jitter: 0 }],
    });
    expect(rounds).toHaveLength(2);
  });
});
