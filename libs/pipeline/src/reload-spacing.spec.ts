import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  isCapReached,
  LONGEST_WAIT_MS,
  LONGEST_WAIT_OF_ENDPOINTS_MS,
  reloadAllowedAtMs,
  reloadLimitAt,
  type ReloadWait,
} from './reload-spacing.ts';

const last = { atMs: 1000, drainsForMs: 240_000, faults: 0 };
const waitFor = (generations: number, isForEndpoints = false): ReloadWait => ({ generations, isForEndpoints });

describe('a reload', () => {
  it.each<[string, number, number]>([
    ['none', 1000, 0],
    ['one, a quarter of a second after the last', 1250, 1],
    ['two, after a second', 2000, 2],
    ['three, after four', 5000, 3],
    ['no fourth', 240_999, 3],
    ['any, when nginx itself has ended all', 241_000, Infinity],
  ])('comes while there are old generations: %s', (_, atMs, most) => {
    expect(reloadLimitAt(atMs, last).usual).toBe(most);
  });

  it('makes four old generations at most', () => {
    expect([3, 4].map(isCapReached)).toEqual([false, true]);
  });

  it('waits for nobody when there was none before', () => {
    expect(reloadLimitAt(0, undefined)).toEqual({ usual: Infinity, forEndpoints: Infinity });
    expect(reloadAllowedAtMs(waitFor(9), undefined)).toBe(-Infinity);
  });

  it.each([0, 86_400_000])('waits ten minutes at most where old workers may live for %d ms', (drainsForMs) => {
    expect(reloadAllowedAtMs(waitFor(9), { atMs: 1000, drainsForMs, faults: 0 })).toBe(1000 + LONGEST_WAIT_MS);
  });

  it('waits ten seconds at most for endpoints', () => {
    expect(reloadAllowedAtMs(waitFor(9, true), last)).toBe(1000 + LONGEST_WAIT_OF_ENDPOINTS_MS);
    expect(reloadLimitAt(1000 + LONGEST_WAIT_OF_ENDPOINTS_MS, last)).toEqual({ usual: 3, forEndpoints: Infinity });
  });

  it('is allowed at the time that is told, and not a moment before', () => {
    const lasts = fc.record({ atMs: fc.nat(10_000), drainsForMs: fc.nat(700_000), faults: fc.nat(2000) });
    fc.assert(
      fc.property(lasts, fc.nat(6), fc.boolean(), (lastReload, generations, isForEndpoints) => {
        const atMs = reloadAllowedAtMs(waitFor(generations, isForEndpoints), lastReload);
        const most = (whenMs: number) => reloadLimitAt(whenMs, lastReload)[isForEndpoints ? 'forEndpoints' : 'usual'];
        expect(most(atMs)).toBeGreaterThanOrEqual(generations);
        if (generations > 0) expect(most(atMs - 1)).toBeLessThan(generations);
      }),
    );
  });
});
