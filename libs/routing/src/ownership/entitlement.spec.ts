import { describe, expect, it } from '@jest/globals';
import { refuseHost, type Ownership } from './entitlement.ts';
import { noPolicy } from './operator-policy.ts';

/** Counts how often all of it is gone through. */
class CountedSet extends Set<string> {
  rounds = 0;

  override [Symbol.iterator](): ReturnType<Set<string>['values']> {
    this.rounds += 1;
    return super[Symbol.iterator]();
  }
}

describe('the owners in a refusal', () => {
  it('are sorted, and put in order once, however many hosts are refused because of them', () => {
    const owners = new CountedSet(['team-c', 'team-a', 'team-d', 'team-b']);
    const ownership: Ownership = {
      policy: noPolicy,
      owners: { bySuffix: new Map([['example.com', owners]]), below: new Map(), ownersOfAll: owners },
    };
    const hosts = Array.from({ length: 100 }, (_, index) => `h${index}.example.com`);
    const refusals = hosts.map((host) => refuseHost(ownership, host, 'evil'));
    expect(refusals[99]).toEqual({
      suffix: 'example.com',
      owners: ['team-a', 'team-b', 'team-c', 'team-d'],
      reason:
        'host "h99.example.com" belongs to namespaces team-a, team-b, team-c and 1 more by the suffix "example.com"',
    });
    expect(owners.rounds).toBe(1);
  });
});
