import { describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import type { AnyObject } from '@gatehouse/kube-model';
import { createResolver, defaultRoutingOptions } from '@gatehouse/routing';
import { aConfigMap, anEndpointSlice, aService, snapshotOf } from '@gatehouse/testing';
import { createPortGuard } from './port-guard.ts';

const tcp = (data: Readonly<Record<string, string>>) => aConfigMap({ namespace: 'system', name: 'tcp', data });
const both = tcp({ '9000': 'default/tea-svc:80', '9001': 'default/tea-svc:80' });
const taken = new Error('nginx could not reload: bind() to 0.0.0.0:9000 failed (98: Address already in use)');

function guarded() {
  const resolver = createResolver({ ...defaultRoutingOptions, tcpServicesConfigMap: objectKey('system', 'tcp') });
  const guard = createPortGuard((snapshot, nowMs) => resolver.resolve(snapshot, nowMs));
  const resolve = (...objects: readonly AnyObject[]) => {
    const { model, problems } = guard.resolve(snapshotOf([aService(), anEndpointSlice(), ...objects]), 0);
    return {
      ports: model.streams.map(({ port }) => port),
      problems: problems.map(({ code, field }) => `${code} ${field}`),
    };
  };
  return { guard, resolve };
}

describe('the guard of ports', () => {
  it('leaves out a port that nginx could not listen on, until its ConfigMap changes', () => {
    const { guard, resolve } = guarded();
    expect(resolve(both)).toEqual({ ports: [9000, 9001], problems: [] });
    expect(guard.noteFault(taken)).toBe(true);
    expect(resolve(both)).toEqual({ ports: [9001], problems: ['StreamPortTaken data[9000]'] });
    expect(resolve(both, aService({ name: 'other' })).ports).toEqual([9001]);
    expect(resolve(tcp({ '9000': 'default/tea-svc:http' }))).toEqual({ ports: [9000], problems: [] });
  });

  it('has nothing to do with other faults, nor with a port that it left out already', () => {
    const { guard, resolve } = guarded();
    expect(guard.noteFault(taken)).toBe(false);
    resolve(both);
    expect(guard.noteFault(new Error('disk full'))).toBe(false);
    expect(guard.noteFault(new Error('bind() to 0.0.0.0:80 failed (98: Address already in use)'))).toBe(false);
    expect(guard.noteFault(taken)).toBe(true);
    resolve(both);
    expect(guard.noteFault(taken)).toBe(false);
  });
});
