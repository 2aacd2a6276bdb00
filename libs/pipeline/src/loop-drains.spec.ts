/**
 * Duty: the loop in a world where each reload leaves old workers that live for a while.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChangeKind } from './ports.ts';
import { initialLoopState, step, type LoopEvent, type LoopState } from './loop.ts';
import { LONGEST_WAIT_OF_ENDPOINTS_MS, type ReloadLimit } from './reload-spacing.ts';

const worlds = fc.record({
  /** What worker-shutdown-timeout says. */
  drainsForMs: fc.integer({ min: 500, max: 240_000 }),
  changes: fc.array(
    fc.record({
      gapMs: fc.integer({ min: 0, max: 6000 }),
      of: fc.constantFrom<ChangeKind>('endpoints', 'structure'),
      /** nginx makes a generation on its way. */
      hasBridge: fc.boolean(),
      /** Share of that time that connections of the workers live which this change makes old. */
      share: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
      /** So many reloads for it end in a fault, and leave old workers all the same. */
      faults: fc.constantFrom<number>(0, 0, 0, 1, 3),
    }),
    { minLength: 1, maxLength: 60 },
  ),
  roundMs: fc.integer({ min: 0, max: 300 }),
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

interface Played {
  /** How many old generations there were right after each reload. */
  readonly draining: readonly number[];
  /** For each change, how long it took until it ran. */
  readonly waits: readonly { readonly of: ChangeKind; readonly waitMs: number }[];
}

/** Endpoints need reloads in it. */
function play({ drainsForMs, changes, roundMs }: World): Played {
  let nowMs = 0;
  const agenda = changes.map((change) => ({ ...change, atMs: (nowMs += change.gapMs) }));
  let isCertain = true;
  const played = { draining: [] as number[], waits: [] as Played['waits'][number][] };
  let state: LoopState = initialLoopState;
  let [timerAtMs, endsAtMs] = [Infinity, Infinity];
  let limit: ReloadLimit = { usual: 0, forEndpoints: 0 };
  let unseen: typeof agenda = [];
  let seen: typeof agenda = [];
  let waiting: typeof agenda = [];
  let drains: number[] = [];
  const dispatch = (event: LoopEvent, atMs: number) => {
    const result = step(state, event);
    state = result.state;
    for (const effect of result.effects) {
      if (effect.kind === 'clearTimer') timerAtMs = Infinity;
      if (effect.kind === 'setTimer') timerAtMs = atMs + effect.delayMs;
      if (effect.kind !== 'runRound') continue;
      [endsAtMs, limit] = [atMs + roundMs, effect.reloadLimit];
      [seen, unseen] = [unseen, []];
    }
  };
  const finish = (atMs: number): LoopEvent => {
    drains = drains.filter((endMs) => endMs > atMs);
    waiting.push(...seen.splice(0));
    const common = { kind: 'finished', atMs, jitter: 0 } as const;
    const [first] = waiting;
    if (first === undefined) return { ...common, outcome: 'unchanged' };
    const isForEndpoints = !isCertain || waiting.some(({ of }) => of === 'endpoints');
    const generations = drains.length + (first.hasBridge ? 1 : 0);
    if (generations > (isForEndpoints ? limit.forEndpoints : limit.usual))
      return { ...common, outcome: 'postponed', waits: { generations, isForEndpoints } };
    const endMs = atMs + first.share * drainsForMs;
    drains.push(...(first.hasBridge ? [endMs, endMs] : [endMs]));
    isCertain = first.faults === 0;
    if (!isCertain) {
      first.faults -= 1;
      played.draining.push(drains.length);
      return { ...common, outcome: 'fault', drainsForMs };
    }
    for (const change of waiting) played.waits.push({ of: change.of, waitMs: atMs - change.atMs });
    waiting = [];
    played.draining.push(drains.length);
    return { ...common, outcome: 'applied', drainsForMs };
  };
  for (;;) {
    const atMs = Math.min(agenda[0]?.atMs ?? Infinity, timerAtMs, endsAtMs);
    if (atMs === Infinity) return played;
    if (atMs === endsAtMs) {
      endsAtMs = Infinity;
      dispatch(finish(atMs), atMs);
    } else if (atMs === timerAtMs) {
      timerAtMs = Infinity;
      dispatch({ kind: 'timerFired', atMs }, atMs);
    } else {
      const [change] = agenda.splice(0, 1);
      if (change === undefined) continue;
      unseen.push(change);
      dispatch({ kind: 'changed', of: change.of, atMs }, atMs);
    }
  }
}

const slackMs = ({ roundMs }: World): number => 3000 + 4 * roundMs;
const withoutFaults = (world: World): World => ({
  ...world,
  changes: world.changes.map((change) => ({ ...change, faults: 0 })),
});
const withoutEndpoints = (world: World): World => ({
  ...world,
  changes: world.changes.map((change) => ({ ...change, of: 'structure' })),
});

describe('the loop, while old workers drain', () => {
  it('leaves no more than four old generations', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        expect(Math.max(...play(withoutEndpoints(withoutFaults(world))).draining)).toBeLessThanOrEqual(4);
      }),
    );
  });

  it('has every change run in the end, soon after worker-shutdown-timeout at the latest', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { waits } = play(withoutFaults(world));
        expect(waits).toHaveLength(world.changes.length);
        for (const { waitMs } of waits) expect(waitMs).toBeLessThan(world.drainsForMs + slackMs(world));
      }),
    );
  });

  it('lets endpoints that are in the configuration wait ten seconds at most', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        for (const { of, waitMs } of play(withoutFaults(world)).waits) {
          if (of === 'endpoints') expect(waitMs).toBeLessThan(LONGEST_WAIT_OF_ENDPOINTS_MS + slackMs(world));
        }
      }),
    );
  });

  it('has every change run in the end, though faults end reloads', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        expect(play(world).waits).toHaveLength(world.changes.length);
      }),
    );
  });

  it.each([false, true])(
    'has a bound for old generations while all reloads end in faults (bridge: %s)',
    (hasBridge) => {
      const change = { gapMs: 1000, of: 'endpoints', hasBridge, share: 1, faults: 500 } as const;
      const { draining, waits } = play({ drainsForMs: 240_000, changes: [change], roundMs: 50 });
      expect(draining).toHaveLength(501);
      expect(Math.max(...draining)).toBeLessThanOrEqual(hasBridge ? 20 : 12);
      expect(waits).toHaveLength(1);
    },
  );

  it('does not wait for old workers that are gone', () => {
    const change = { gapMs: 1000, of: 'structure', hasBridge: true, share: 0, faults: 0 } as const;
    const { waits } = play({ drainsForMs: 240_000, changes: Array.from({ length: 10 }, () => change), roundMs: 50 });
    expect(Math.max(...waits.map(({ waitMs }) => waitMs))).toBeLessThanOrEqual(90);
  });
});
