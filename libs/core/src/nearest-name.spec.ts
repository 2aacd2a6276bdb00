import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nearestName } from './nearest-name.ts';

describe('the nearest name', () => {
  it.each([
    ['prot', ['port', 'host'], 'port'],
    ['ingres-class', ['controller-class', 'ingress-class'], 'ingress-class'],
    ['port', ['port', 'ports'], 'port'],
    ['x', ['completely'], undefined],
    ['', [], undefined],
  ])('to %j among %j is %j', (found, names, expected) => {
    expect(nearestName(found, names)).toBe(expected);
  });

  it('is the name itself after one letter was dropped, added or changed', () => {
    const name = 'publish-service';
    fc.assert(
      fc.property(fc.nat(name.length - 1), fc.constantFrom('', 'q', `q${name[0] ?? ''}`), (at, instead) => {
        expect(nearestName(name.slice(0, at) + instead + name.slice(at + 1), ['port', name, 'host'])).toBe(name);
      }),
    );
  });
});
