import { describe, expect, it } from '@jest/globals';
import { parseLease, planClaim, planRelease, renderLease, renderLeasePatch } from './lease.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const NOW = '2026-01-01T00:00:00.000000Z';
const us = { identity: 'me', ttlMs: 30_000 };
const held = parseLease({
  metadata: { resourceVersion: '7' },
  spec: {
    holderIdentity: 'other',
    leaseDurationSeconds: 15,
    leaseTransitions: 3,
    acquireTime: '2025-12-31T00:00:00.000000Z',
  },
});

describe('a Lease', () => {
  it('is read with what it says', () => {
    expect(held).toEqual({
      holder: 'other',
      transitions: 3,
      acquireTime: '2025-12-31T00:00:00.000000Z',
      durationMs: 15_000,
      resourceVersion: '7',
    });
  });

  it.each([null, 'text', [], {}, { spec: null, metadata: 5 }, { spec: { holderIdentity: 5, leaseTransitions: -1 } }])(
    'that is %j says nothing',
    (json) => {
      const nothing = { holder: '', transitions: 0, acquireTime: '', durationMs: 0, resourceVersion: '' };
      expect(parseLease(json)).toEqual(nothing);
    },
  );

  it('counts a change of its holder, and no renewal', () => {
    expect(planClaim(undefined, us, NOW_MS)).toMatchObject({ holder: 'me', transitions: 0, acquireTime: NOW });
    expect(planClaim(held, us, NOW_MS)).toMatchObject({ holder: 'me', transitions: 4, acquireTime: NOW });
    expect(planClaim({ ...held, holder: 'me' }, us, NOW_MS)).toEqual({
      holder: 'me',
      transitions: 3,
      acquireTime: held.acquireTime,
      durationMs: 30_000,
      renewTime: NOW,
    });
  });

  it('is counted on when it was given up in between', () => {
    const released = { ...held, ...planRelease(held, NOW_MS) };
    expect(released).toMatchObject({ holder: '', transitions: 3 });
    expect(planClaim(released, us, NOW_MS).transitions).toBe(4);
  });

  it('counts no further than the API can', () => {
    expect(planClaim({ ...held, transitions: 2 ** 31 - 1 }, us, NOW_MS).transitions).toBe(2 ** 31 - 1);
  });

  it('is written with times in microseconds, a change only over the form that was seen', () => {
    const spec = {
      holderIdentity: 'me',
      leaseDurationSeconds: 30,
      leaseTransitions: 4,
      acquireTime: NOW,
      renewTime: NOW,
    };
    const claim = planClaim(held, us, NOW_MS);
    expect(renderLease('leader', claim)).toEqual({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'leader' },
      spec,
    });
    expect(renderLeasePatch('7', claim)).toEqual({ metadata: { resourceVersion: '7' }, spec });
  });
});
