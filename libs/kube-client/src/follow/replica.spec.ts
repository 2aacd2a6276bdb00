import { describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import { ObjectStore } from '@gatehouse/kube-model';
import { ingressJson, type KubeJson } from '@gatehouse/testing';
import fc from 'fast-check';
import { Replica } from './replica.ts';
import { watchedKinds } from './watched-kind.ts';

const json = (name: string, version: number, uid = 'u1'): KubeJson => {
  const object = ingressJson(name);
  return { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(version) } };
};

function replicaWithStore(): { readonly replica: Replica; readonly store: ObjectStore } {
  const store = new ObjectStore();
  return { replica: new Replica(watchedKinds.Ingress, store), store };
}

describe('Replica', () => {
  it('takes an object once, and each newer form of it', () => {
    const { replica, store } = replicaWithStore();
    expect(replica.stands(json('a', 5))).toBe('changed');
    const before = store.snapshot();
    expect(replica.stands(json('a', 5))).toBe('known');
    expect(store.snapshot()).toBe(before);
    expect(replica.stands(json('a', 6))).toBe('changed');
    expect(store.snapshot().ingresses.get(objectKey('default', 'a'))?.resourceVersion).toBe('6');
  });

  it.each([
    ['an older form', (replica: Replica) => replica.stands(json('a', 4))],
    ['an object that had the name before', (replica: Replica) => replica.stands(json('a', 4, 'u0'))],
    ['the end of one that had the name before', (replica: Replica) => replica.gone(json('a', 4, 'u0'))],
  ])('is not led astray by %s', (_, act) => {
    const { replica, store } = replicaWithStore();
    replica.stands(json('a', 5));
    const before = store.snapshot();
    expect(act(replica)).toBe('disordered');
    expect(store.snapshot()).toBe(before);
  });

  it('takes another object of the same name for another one', () => {
    const { replica, store } = replicaWithStore();
    replica.stands(json('a', 5));
    replica.stands(json('a', 9, 'u2'));
    expect(store.snapshot().ingresses.get(objectKey('default', 'a'))?.uid).toBe('u2');
    expect(replica.gone(json('a', 10, 'u2'))).toBe('changed');
    expect(store.snapshot().ingresses.size).toBe(0);
  });

  it('has after a list exactly what was listed, and the very same objects where nothing changed', () => {
    const entry = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      version: fc.nat(3),
      uid: fc.constantFrom('u1', 'u2'),
    });
    const state = fc.uniqueArray(entry, { selector: ({ name }) => name });
    fc.assert(
      fc.property(fc.array(state, { minLength: 2 }), (states) => {
        const { replica, store } = replicaWithStore();
        for (const objects of states) {
          const before = store.snapshot().ingresses;
          const list = replica.beginList();
          for (const { name, version, uid } of objects) list.add(json(name, version + 1, uid));
          expect(store.snapshot().ingresses).toBe(before);
          list.end();
          const now = [...store.snapshot().ingresses.values()];
          const told = (one: { uid: string; resourceVersion: string; ref: { name: string } }) =>
            `${one.ref.name} ${one.uid} ${one.resourceVersion}`;
          expect(now.map(told).sort()).toEqual(
            objects.map(({ name, version, uid }) => `${name} ${uid} ${version + 1}`).sort(),
          );
          for (const one of now) {
            const old = before.get(one.key);
            if (old !== undefined && told(old) === told(one)) expect(one).toBe(old);
          }
          expect(replica.size).toBe(objects.length);
        }
      }),
    );
  });
});
