import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { initialFollowState, nextAttempt, type Failure, type FollowState, type Outcome } from './next-attempt.ts';

const HEALTHY_MS = 400_000;
const outcome = (some: Partial<Outcome>): Outcome => ({
  version: '7',
  livedMs: HEALTHY_MS,
  isFresh: false,
  atMs: 0,
  ...some,
});
const failed = (kind: Failure['kind'], some: Partial<Outcome> = {}): Outcome =>
  outcome({ failure: { kind }, livedMs: 0, ...some });

/** What follows each of the outcomes: the state, and the delay at the given chance. */
function after(
  outcomes: readonly Outcome[],
  jitter = 0.999,
): { readonly state: FollowState; readonly delaysMs: number[] } {
  let state: FollowState = { ...initialFollowState, version: '7', freshAtMs: 0 };
  const delaysMs: number[] = [];
  for (const one of outcomes) {
    const next = nextAttempt(state, one, jitter);
    state = next.state;
    delaysMs.push(next.delayMs);
  }
  return { state, delaysMs };
}
const versionAfter = (...outcomes: readonly Outcome[]) => after(outcomes).state.version;

describe('nextAttempt', () => {
  it('goes on at once when a watch ends in its time', () => {
    const { state, delaysMs } = after([outcome({ version: '9' })]);
    expect(state).toMatchObject({ version: '9', failures: 0 });
    expect(delaysMs[0]).toBeLessThanOrEqual(250);
  });

  it('holds back when watches end far too soon', () => {
    const { delaysMs } = after([1, 2, 3, 4].map(() => outcome({ livedMs: 10 })));
    expect(delaysMs.map((delay) => Math.round(delay / 100))).toEqual([8, 16, 32, 64]);
  });

  it.each(['unreachable', 'silent', 'busy', 'forbidden'] as const)(
    'goes on from the known version after: %s',
    (kind) => {
      expect(versionAfter(failed(kind))).toBe('7');
    },
  );

  it.each(['expired', 'garbled', 'tooLarge', 'doubtful'] as const)('begins afresh after: %s', (kind) => {
    expect(versionAfter(failed(kind))).toBe('');
  });

  it('begins afresh when the server refuses to go on three times in a row', () => {
    const refused = failed('refused');
    expect(versionAfter(refused, refused)).toBe('7');
    expect(versionAfter(refused, refused, refused)).toBe('');
    expect(versionAfter(refused, refused, failed('unreachable'), refused)).toBe('7');
  });

  it('begins afresh with the first watch that ends ten minutes after the last list', () => {
    const list = outcome({ isFresh: true, livedMs: 300_000, atMs: 300_000 });
    expect(versionAfter(list)).toBe('7');
    expect(versionAfter(list, outcome({ livedMs: 299_000, atMs: 599_999 }))).toBe('7');
    expect(versionAfter(list, outcome({ livedMs: 300_000, atMs: 600_000 }))).toBe('');
  });

  it('backs off to thirty seconds when the server fails, and to four when it is not there', () => {
    const many = (kind: Failure['kind']) => after(Array.from({ length: 40 }, () => failed(kind))).delaysMs;
    expect(many('garbled')[0]).toBeCloseTo(800, -1);
    expect(Math.max(...many('garbled'))).toBeCloseTo(30_000, -2);
    expect(Math.max(...many('unreachable'))).toBeCloseTo(4000, -1);
  });

  it('starts counting anew after a healthy watch, and when a server is back', () => {
    const away = Array.from({ length: 10 }, () => failed('unreachable'));
    expect(after([...away, failed('unreachable', { livedMs: 30_000 })]).state.failures).toBe(1);
    const { state, delaysMs } = after([...away, failed('expired')]);
    expect(state.failures).toBe(1);
    expect(delaysMs.at(-1)).toBeLessThanOrEqual(250);
  });

  it('does not list over and over when the server forgets over and over', () => {
    const { delaysMs } = after(Array.from({ length: 6 }, () => failed('expired')));
    expect(delaysMs.at(-1)).toBeGreaterThan(20_000);
  });

  it('waits for as long as the server says, and not for the others that wait, too', () => {
    const busy = outcome({ failure: { kind: 'busy', retryAfterMs: 7000 }, livedMs: 0 });
    expect(after([busy], 0).delaysMs).toEqual([7000]);
    expect(after([busy], 0.5).delaysMs).toEqual([9500]);
  });

  it('asks for smaller pages when they are too large, and for larger ones when they take too long', () => {
    const list = (kind: Failure['kind']) => failed(kind, { version: '', isFresh: true });
    const sizes = (...outcomes: readonly Outcome[]) => after([failed('expired'), ...outcomes]).state.pageSize;
    expect(sizes(list('tooLarge'))).toBe(62);
    expect(sizes(...Array.from({ length: 9 }, () => list('tooLarge')))).toBe(1);
    expect(sizes(list('expired'))).toBe(1000);
    expect(sizes(list('tooLarge'), outcome({ isFresh: true }))).toBe(500);
  });

  it('believes in nothing left only when it is said twice in a row', () => {
    const doubtful = failed('doubtful', { version: '', isFresh: true });
    expect(after([doubtful]).state.believesEmpty).toBe(true);
    expect(after([doubtful, outcome({ isFresh: true })]).state.believesEmpty).toBe(false);
  });

  it('does not believe in nothing left because of what was said before an outage', () => {
    const doubtful = failed('doubtful', { version: '', isFresh: true });
    for (const kind of ['unreachable', 'silent'] as const) {
      expect(after([doubtful, failed(kind, { version: '', isFresh: true })]).state.believesEmpty).toBe(false);
    }
    // Whoever is busy answers, and the list after it is the second one.
    expect(after([doubtful, failed('busy', { version: '', isFresh: true })]).state.believesEmpty).toBe(true);
  });

  it('never waits a negative, endless or forgotten time, nor asks more than five times a second after a failure', () => {
    const kinds = [
      'unreachable',
      'silent',
      'expired',
      'garbled',
      'tooLarge',
      'doubtful',
      'forbidden',
      'busy',
      'refused',
    ];
    const failure = fc.record(
      { kind: fc.constantFrom(...(kinds as Failure['kind'][])), retryAfterMs: fc.nat(300_000) },
      { requiredKeys: ['kind'] },
    );
    const anOutcome = fc.record({
      failure: failure,
      version: fc.constantFrom('', '7'),
      livedMs: fc.nat(HEALTHY_MS),
      isFresh: fc.boolean(),
      atMs: fc.nat(HEALTHY_MS),
    });
    fc.assert(
      fc.property(
        fc.array(anOutcome, { minLength: 2 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (outcomes, jitter) => {
          const { delaysMs, state } = after(outcomes, jitter);
          expect(delaysMs.every((delay) => delay >= 0 && delay <= 310_000)).toBe(true);
          expect(state.pageSize).toBeGreaterThanOrEqual(1);
          // Only the first of a row of failures may be made up for at once.
          const second = outcomes.findIndex(
            (one, i) =>
              i > 0 &&
              one.livedMs < 30_000 &&
              one.failure.kind === 'expired' &&
              outcomes[i - 1]?.failure.kind === 'expired',
          );
          if (second > 0) expect(delaysMs[second]).toBeGreaterThanOrEqual(200);
        },
      ),
    );
  });
});
