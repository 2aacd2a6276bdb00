import { describe, expect, it } from '@jest/globals';
import { ObjectStore } from '@gatehouse/kube-model';
import { anEndpointSlice, anIngress, aSecret, aService } from '@gatehouse/testing';
import { changeKind } from './change-kind.ts';

function storeWith() {
  const store = new ObjectStore();
  for (const object of [anIngress(), aService(), aSecret(), anEndpointSlice()]) store.upsert(object);
  return store;
}

describe('what differs between two snapshots', () => {
  it('is the endpoints when a slice came', () => {
    const store = storeWith();
    const before = store.snapshot();
    store.upsert(anEndpointSlice({ name: 'another' }));
    expect(changeKind(before, store.snapshot())).toBe('endpoints');
  });

  it.each([anIngress({ name: 'another' }), aService({ name: 'another' }), aSecret({ name: 'another' })])(
    'is the structure when, beside a slice, a $kind came',
    (object) => {
      const store = storeWith();
      const before = store.snapshot();
      store.upsert(anEndpointSlice({ name: 'another' }));
      store.upsert(object);
      expect(changeKind(before, store.snapshot())).toBe('structure');
    },
  );

  it('is the structure when a Service gets its first ready endpoint, and the endpoints when it gets more', () => {
    const store = storeWith();
    const steps = [
      { addresses: ['10.9.0.1'], kind: 'structure' },
      { addresses: ['10.9.0.1', '10.9.0.2'], kind: 'endpoints' },
      { endpoints: [{ addresses: ['10.9.0.1'], ready: false }], kind: 'endpoints' },
      { endpoints: [{ addresses: ['10.9.0.1'], ready: true }], kind: 'structure' },
    ];
    for (const { kind, ...shape } of steps) {
      const before = store.snapshot();
      store.upsert(anEndpointSlice({ service: 'new', ...shape }));
      expect([shape, changeKind(before, store.snapshot())]).toEqual([shape, kind]);
    }
  });

  it('can wait when all that changed is a status that was written', () => {
    const store = storeWith();
    const before = store.snapshot();
    store.upsert({ ...anIngress(), resourceVersion: '9', statusAddresses: [{ ip: '192.0.2.1' }] });
    expect(store.snapshot().ingresses).not.toBe(before.ingresses);
    expect(changeKind(before, store.snapshot())).toBe('endpoints');
  });

  it.each([{ className: 'other' }, { createdAtMs: 1 }, { uid: 'another' }])(
    'is the structure when an Ingress is another by %j',
    (different) => {
      const store = storeWith();
      const before = store.snapshot();
      store.upsert({ ...anIngress(), resourceVersion: '9', ...different });
      expect(changeKind(before, store.snapshot())).toBe('structure');
    },
  );

  it('is the structure when one Ingress took the place of another', () => {
    const store = storeWith();
    const before = store.snapshot();
    store.remove('Ingress', anIngress().key);
    store.upsert(anIngress({ name: 'another' }));
    expect(changeKind(before, store.snapshot())).toBe('structure');
  });

  it('is the structure when an object cannot be read any more', () => {
    const store = storeWith();
    const before = store.snapshot();
    const problem = {
      code: 'ObjectMalformed',
      object: anIngress().ref,
      field: 'spec',
      message: 'is no object',
    } as const;
    store.replaceAll([anIngress(), aService(), aSecret(), anEndpointSlice()], [problem]);
    expect(changeKind(before, store.snapshot())).toBe('structure');
  });
});
