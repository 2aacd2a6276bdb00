import { describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import { anIngress, snapshotOf } from '@gatehouse/testing';
import { addCulprit, applyQuarantine, quarantineProblems, releaseChanged } from './quarantine.ts';

const key = objectKey('default', 'cafe');
const old = anIngress({ resourceVersion: '1' });
const bad = anIngress({ resourceVersion: '2' });
const bystander = anIngress({ name: 'bystander' });
const snapshot = snapshotOf([bad, bystander]);
const culprit = { key, message: 'invalid\n  number' };
const nothing = new Map<never, never>();

describe('the quarantine', () => {
  it('puts the last accepted form in the place of a refused one', () => {
    const quarantine = addCulprit(nothing, culprit, { snapshot, accepted: new Map([[key, old]]) })!;
    const { ingresses } = applyQuarantine(snapshot, quarantine);
    expect([...ingresses.values()]).toEqual([old, bystander]);
  });

  it('leaves out what was never accepted', () => {
    const quarantine = addCulprit(nothing, culprit, { snapshot, accepted: nothing })!;
    expect([...applyQuarantine(snapshot, quarantine).ingresses.values()]).toEqual([bystander]);
  });

  it('leaves out what was accepted once and is refused now as it was', () => {
    const quarantine = addCulprit(nothing, culprit, { snapshot, accepted: new Map([[key, bad]]) })!;
    expect(applyQuarantine(snapshot, quarantine).ingresses.has(key)).toBe(false);
  });

  it('leaves out an object whose stand-in is refused too, and keeps what nginx said first', () => {
    const known = { snapshot, accepted: new Map([[key, old]]) };
    const once = addCulprit(nothing, culprit, known)!;
    const twice = addCulprit(once, { key, message: 'something else' }, known)!;
    expect(applyQuarantine(snapshot, twice).ingresses.has(key)).toBe(false);
    expect(twice.get(key)?.message).toBe(culprit.message);
    expect(addCulprit(twice, culprit, known)).toBeUndefined();
  });

  it('does not know an object that is not there', () => {
    const stranger = { key: objectKey('default', 'stranger'), message: '' };
    expect(addCulprit(nothing, stranger, { snapshot, accepted: nothing })).toBeUndefined();
  });

  it.each([
    ['stays while the object is the same', bad, 1],
    ['ends when the object changes', anIngress({ resourceVersion: '3' }), 0],
    ['ends when the object is gone', undefined, 0],
  ])('%s', (_, now, size) => {
    const quarantine = addCulprit(nothing, culprit, { snapshot, accepted: nothing })!;
    expect(releaseChanged(quarantine, snapshotOf(now === undefined ? [] : [now])).size).toBe(size);
  });

  it('hands back the very same snapshot when nobody is in it', () => {
    expect(applyQuarantine(snapshot, nothing)).toBe(snapshot);
  });

  it('tells what nginx said in one line of bounded length', () => {
    const quarantine = addCulprit(nothing, culprit, { snapshot, accepted: nothing })!;
    expect(quarantineProblems(quarantine)).toEqual([
      { code: 'ConfigRejected', object: bad.ref, field: '', message: 'nginx says: invalid number' },
    ]);
    const long = addCulprit(nothing, { key, message: 'x'.repeat(5000) }, { snapshot, accepted: nothing })!;
    expect(quarantineProblems(long)[0]?.message.length).toBeLessThan(500);
  });
});
