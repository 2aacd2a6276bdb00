import type { Problem } from '@gatehouse/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareWithBefore } from './compare-with-before.ts';

const object = { kind: 'Ingress', namespace: 'a', name: 'b' } as const;
const problem = (field: string, message: string): Problem => ({ code: 'HostInvalid', object, field, message });

describe('comparing with before', () => {
  it('keeps what was there, wherever in its list it stands now', () => {
    const [was, is] = [problem('spec.rules[0].host', 'x'), problem('spec.rules[3].host', 'x')];
    expect(compareWithBefore([is], [was])).toEqual({ added: [], kept: [is] });
  });

  it.each([
    [
      'names another place of the object',
      'declared by spec.rules[0].http.paths[2] already',
      'declared by spec.rules[7].http.paths[0] already',
    ],
  ])('keeps what %s', (_, before, now) => {
    const [was, is] = [problem('spec.rules[2]', before), problem('spec.rules[0]', now)];
    expect(compareWithBefore([is], [was])).toEqual({ added: [], kept: [is] });
  });

  it.each([
    ['a number within quotes', 'the host "10.0.0.1" is bad', 'the host "10.0.0.2" is bad'],
    ['an index within quotes', 'the path "/a[1]" is bad', 'the path "/a[2]" is bad'],
    ['a number behind an escaped quote', 'the path "/\\"1" is bad', 'the path "/\\"2" is bad'],
  ])('adds what has %s', (_, before, now) => {
    const [was, is] = [problem('spec.rules[0]', before), problem('spec.rules[0]', now)];
    expect(compareWithBefore([is], [was])).toEqual({ added: [is], kept: [] });
  });

  it('counts: a second mistake of the same kind is one more', () => {
    const [first, second] = [problem('spec.rules[0].host', 'x'), problem('spec.rules[1].host', 'x')];
    expect(compareWithBefore([first, second], [first])).toEqual({ added: [second], kept: [first] });
  });

  it.each([
    ['another field', problem('spec.tls[0].hosts[0]', 'x')],
    ['another mistake in the same field', problem('spec.rules[0].host', 'y')],
    ['another code', { ...problem('spec.rules[0].host', 'x'), code: 'HostIsIpAddress' as const }],
    ['another opponent', { ...problem('spec.rules[0].host', 'x'), related: { ...object, name: 'c' } }],
  ])('adds %s', (_, is) => {
    expect(compareWithBefore([is], [problem('spec.rules[0].host', 'x')])).toEqual({ added: [is], kept: [] });
  });

  it.each([
    [7, 'kept'],
    [8, 'kept'],
    [9, 'added'],
  ] as const)('knows that 8 became %d, which is %s', (amount, expected) => {
    const much = (count: number): Problem => ({ ...problem('spec.rules', `it has ${count} hosts`), amount: count });
    const other: Problem = { ...problem('spec.rules', 'it has 50 paths'), amount: 50 };
    const { added, kept } = compareWithBefore([much(amount), other], [other, much(8)]);
    expect({ added, kept }[expected]).toContainEqual(much(amount));
    expect(kept).toContainEqual(other);
  });

  it('loses nothing and makes up nothing', () => {
    const some = fc.array(
      fc.tuple(fc.constantFrom('a[0]', 'a[1]', 'b'), fc.constantFrom('x', 'y')).map((at) => problem(...at)),
    );
    fc.assert(
      fc.property(some, some, (after, before) => {
        const { added, kept } = compareWithBefore(after, before);
        expect(new Set([...added, ...kept])).toEqual(new Set(after));
        expect(added.length + kept.length).toBe(after.length);
        expect(kept.length).toBeLessThanOrEqual(before.length);
        expect(compareWithBefore(after, after).added).toEqual([]);
        expect(compareWithBefore(after, []).kept).toEqual([]);
      }),
    );
  });
});
