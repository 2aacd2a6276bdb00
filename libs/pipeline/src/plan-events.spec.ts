import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Problem } from '@gatehouse/core';
import { aConfigMap, anIngress, snapshotOf } from '@gatehouse/testing';
import { nothingTold, planEvents, type Told } from './plan-events.ts';

const cafe = anIngress();
const problem: Problem = {
  code: 'ServiceMissing',
  object: cafe.ref,
  field: 'spec.rules[0]',
  message: 'there is no Service default/tea-svc',
};

const told = (...ingresses: Told['ingresses']): Told => ({ ingresses, problems: [], snapshot: snapshotOf(ingresses) });
const toldWith = (...problems: readonly Problem[]): Told => ({ ...told(cafe), problems });
const short = (previous: Told, next: Told) =>
  planEvents(previous, next).map(({ type, reason, message }) => `${type} ${reason} ${message}`);

describe('Events', () => {
  it.each<[string, Told, Told, string[]]>([
    [
      'tell that an Ingress appeared',
      nothingTold,
      told(cafe),
      ['Normal CREATE Ingress default/cafe', 'Normal Sync Scheduled for sync'],
    ],
    [
      'tell that an Ingress changed',
      told(cafe),
      told(anIngress({ rules: [{ host: 'cafe.example.com' }] })),
      ['Normal UPDATE Ingress default/cafe', 'Normal Sync Scheduled for sync'],
    ],
    [
      'tell that an annotation changed',
      told(anIngress({ annotations: { a: '1' } })),
      told(anIngress({ annotations: { a: '2' } })),
      ['Normal UPDATE Ingress default/cafe', 'Normal Sync Scheduled for sync'],
    ],
    ['tell that an Ingress is gone', told(cafe), told(), ['Normal DELETE Ingress default/cafe']],
    ['do not tell of what stayed', told(cafe), told(anIngress()), []],
    [
      'do not tell of our own writing of the status',
      told(cafe),
      told(anIngress({ resourceVersion: '7', statusAddresses: [{ ip: '192.0.2.1' }] })),
      [],
    ],
    [
      'do not mind the order of annotations',
      told(anIngress({ annotations: { a: '1', b: '2' } })),
      told(anIngress({ annotations: { b: '2', a: '1' } })),
      [],
    ],
    [
      'warn of a new Problem with its code as the reason',
      told(cafe),
      toldWith(problem),
      ['Warning ServiceMissing spec.rules[0]: there is no Service default/tea-svc'],
    ],
    ['do not warn again while a Problem stays', toldWith(problem), toldWith({ ...problem }), []],
    [
      'warn again when a Problem had gone in between',
      toldWith(),
      toldWith(problem, problem),
      ['Warning ServiceMissing spec.rules[0]: there is no Service default/tea-svc'],
    ],
  ])('%s', (_, previous, next, expected) => {
    expect(short(previous, next)).toEqual(expected);
  });

  it('tell of what came and went, whatever stayed beside it', () => {
    const pool = Array.from({ length: 8 }, (_, index) => anIngress({ name: `i${index}` }));
    const some = fc.subarray(pool);
    fc.assert(
      fc.property(some, some, fc.boolean(), (before, after, isReversed) => {
        const next = isReversed ? after.toReversed() : after;
        const names = (reason: string) =>
          planEvents(told(...before), told(...next)).flatMap((event) =>
            event.reason === reason ? event.object.name : [],
          );
        expect(names('CREATE')).toEqual(after.filter((one) => !before.includes(one)).map(({ ref }) => ref.name));
        expect(names('DELETE')).toEqual(before.filter((one) => !after.includes(one)).map(({ ref }) => ref.name));
        expect(names('UPDATE')).toEqual([]);
      }),
    );
  });

  it('carry the Problem that they warn of', () => {
    const warned = planEvents(told(cafe), toldWith(problem));
    expect(warned.map((event) => event.problem)).toEqual([problem]);
  });

  it('carry the uid of the object, so that `kubectl describe` finds them, even when it is gone', () => {
    const settings = aConfigMap({ namespace: 'edge', name: 'settings', uid: 'u2' });
    const before: Told = { ...told(anIngress({ uid: 'u1' })), snapshot: snapshotOf([settings]) };
    const next: Told = { ...before, ingresses: [], problems: [{ ...problem, object: settings.ref }] };
    expect(planEvents(before, next).map(({ reason, uid }) => [reason, uid])).toEqual([
      ['DELETE', 'u1'],
      ['ServiceMissing', 'u2'],
    ]);
    expect(planEvents(nothingTold, told(cafe))[0]).not.toHaveProperty('uid');
  });

  it('are about the object, in the order of objects, whatever order they were found in', () => {
    const tea = anIngress({ name: 'tea' });
    const events = planEvents(nothingTold, told(tea, cafe));
    expect(events.map((event) => event.object.name)).toEqual(['cafe', 'cafe', 'tea', 'tea']);
    expect(planEvents(nothingTold, told(cafe, tea))).toEqual(events);
  });
});
