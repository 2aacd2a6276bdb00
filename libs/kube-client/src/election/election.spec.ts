import { describe, expect, it } from '@jest/globals';
import { initialElectionState, stepElection, type ElectionEffect, type ElectionEvent } from './election.ts';
import type { LeaseRecord } from './lease.ts';

const me = { identity: 'me', ttlMs: 30_000 };

const aLease = (more: Partial<LeaseRecord> = {}): LeaseRecord => ({
  holder: 'other',
  transitions: 3,
  acquireTime: '2026-01-01T00:00:00.000000Z',
  durationMs: 30_000,
  resourceVersion: '7',
  ...more,
});
const mine = (resourceVersion: string): LeaseRecord => aLease({ holder: 'me', resourceVersion });

const read = (atMs: number, lease: LeaseRecord | undefined): ElectionEvent => ({
  kind: 'read',
  lease,
  atMs,
  jitter: 0,
});
const claimed = (sentAtMs: number, atMs: number, lease = mine('8')): ElectionEvent => ({
  kind: 'claimed',
  lease,
  sentAtMs,
  atMs,
});
const due: ElectionEvent = { kind: 'attemptDue' };
const failed: ElectionEvent = { kind: 'failed', jitter: 0 };

/** The state after the events, and what the last of them asked for. */
function after(...events: readonly ElectionEvent[]) {
  let state = initialElectionState;
  let effects: readonly ElectionEffect[] = [];
  for (const event of events) ({ state, effects } = stepElection(state, event, me));
  return { phase: state.phase, isDecided: state.isDecided, effects };
}

const lookAgain: ElectionEffect = { kind: 'attemptAfter', delayMs: 7500 };
const leads: ElectionEffect = { kind: 'tell', isLeader: true };
const leadsNoMore: ElectionEffect = { kind: 'tell', isLeader: false };

describe('the election', () => {
  it('begins with a look at the Lease', () => {
    expect(after(due)).toEqual({ phase: 'following', isDecided: false, effects: [{ kind: 'read' }] });
  });

  it('makes a Lease when there is none, and leads once that was taken', () => {
    expect(after(due, read(5, undefined)).effects).toEqual([{ kind: 'claim', over: undefined }]);
    expect(after(due, read(5, undefined), claimed(5, 9))).toEqual({
      phase: 'leading',
      isDecided: true,
      effects: [lookAgain, { kind: 'deadlineAfter', delayMs: 14_996 }, leads],
    });
  });

  it.each([
    ['nobody', ''],
    ['us, before our process started again', 'me'],
  ])('takes a Lease at once that is held by %s', (_, holder) => {
    expect(after(due, read(5, aLease({ holder }))).effects).toEqual([{ kind: 'claim', over: aLease({ holder }) }]);
  });

  it('leaves a Lease to its holder, and knows then that it follows', () => {
    expect(after(due, read(5, aLease()))).toEqual({ phase: 'following', isDecided: true, effects: [lookAgain] });
  });

  it('takes a Lease only when it did not change for its whole time to live as we looked', () => {
    const looks = (...atMs: readonly number[]) => atMs.map((each) => read(each, aLease()));
    expect(after(...looks(5, 7505, 15_005, 22_505, 30_004)).effects).toEqual([lookAgain]);
    expect(after(...looks(5, 7505, 15_005, 22_505, 30_005)).effects).toEqual([{ kind: 'claim', over: aLease() }]);
  });

  it('begins to wait anew with each change, whoever made it', () => {
    const renewed = aLease({ resourceVersion: '8' });
    expect(after(read(5, aLease()), read(29_000, renewed), read(58_999, renewed)).effects).toEqual([lookAgain]);
    expect(after(read(5, aLease()), read(29_000, renewed), read(59_000, renewed)).effects).toEqual([
      { kind: 'claim', over: renewed },
    ]);
  });

  it('waits for as long as the holder asks for, but not for ever', () => {
    const long = aLease({ durationMs: 60_000 });
    expect(after(read(0, long), read(59_999, long)).effects).toEqual([lookAgain]);
    const endless = aLease({ durationMs: 2 ** 31 * 1000 });
    expect(after(read(0, endless), read(600_000, endless)).effects).toEqual([{ kind: 'claim', over: endless }]);
    const hasty = aLease({ durationMs: 1000 });
    expect(after(read(0, hasty), read(29_999, hasty)).effects).toEqual([lookAgain]);
  });

  it('renews over the form that it wrote, without reading it', () => {
    expect(after(claimed(5, 9), due).effects).toEqual([{ kind: 'claim', over: mine('8') }]);
    expect(after(claimed(5, 9), due, claimed(7505, 7510, mine('9'))).effects).toEqual([
      lookAgain,
      { kind: 'deadlineAfter', delayMs: 14_995 },
    ]);
  });

  it('reads first after a failure, since the claim may stand all the same, and hurries when it leads', () => {
    expect(after(claimed(5, 9), due, failed).effects).toEqual([{ kind: 'attemptAfter', delayMs: 1500 }]);
    expect(after(claimed(5, 9), due, failed, due).effects).toEqual([{ kind: 'read' }]);
    expect(after(due, failed).effects).toEqual([lookAgain]);
  });

  it('leads no more when the deadline passes, and not before', () => {
    expect(after(claimed(5, 9), { kind: 'deadline', atMs: 15_004.6 })).toMatchObject({
      phase: 'leading',
      effects: [{ kind: 'deadlineAfter', delayMs: 1 }],
    });
    expect(after(claimed(5, 9), { kind: 'deadline', atMs: 15_005 })).toMatchObject({
      phase: 'following',
      effects: [leadsNoMore],
    });
  });

  it('does not lead by an answer that came after the deadline', () => {
    expect(after(due, claimed(5, 15_005))).toMatchObject({ phase: 'following', isDecided: false });
  });

  it('leads no more when another holds the Lease', () => {
    expect(after(claimed(5, 9), due, failed, due, read(9000, aLease()))).toMatchObject({
      phase: 'following',
      effects: [lookAgain, leadsNoMore],
    });
  });

  it('leads on over a Lease that somebody deleted, once it stands again', () => {
    const gone = [claimed(5, 9), due, failed, due, read(9000, undefined)] as const;
    expect(after(...gone)).toMatchObject({ phase: 'leading', effects: [{ kind: 'claim', over: undefined }] });
    expect(after(...gone, claimed(9000, 9001)).effects).not.toContainEqual(leads);
  });

  it('spreads its looks, so that contenders that began together do not stay together', () => {
    const look: ElectionEvent = { kind: 'read', lease: aLease(), atMs: 0, jitter: 0.5 };
    expect(after(look).effects).toEqual([{ kind: 'attemptAfter', delayMs: 8250 }]);
  });

  it('asks for nothing after its end, whatever comes', () => {
    const end: ElectionEvent = { kind: 'end' };
    expect(after(claimed(5, 9), end).effects).toEqual([{ kind: 'clearTimers' }, leadsNoMore]);
    for (const event of [due, read(1, undefined), claimed(1, 2), failed, end])
      expect(after(claimed(5, 9), end, event)).toMatchObject({ phase: 'ended', effects: [] });
  });
});
