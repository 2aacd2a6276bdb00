import { describe, expect, it } from '@jest/globals';
import { aService, anEndpointSlice, anIngress, anIngressClass, resolveObjects } from '@gatehouse/testing';
import type { Compatibility } from '../options.ts';

interface Ages {
  readonly a: number;
  readonly b: number;
}

function conflictOf({ a, b }: Ages, compatibility: Compatibility): readonly string[] {
  const rules = [{ host: 'shop.example', paths: [{ path: '/x' }] }];
  const ingresses = [anIngress({ name: 'a', createdAtMs: a, rules }), anIngress({ name: 'b', createdAtMs: b, rules })];
  const objects = [anIngressClass(), aService(), anEndpointSlice(), ...ingresses];
  return resolveObjects(objects, { compatibility }).resolution.problems.map(({ message }) => message);
}

describe('who loses a path', () => {
  it.each<[string, Ages, Compatibility]>([
    ['Ingress default/b, which is older', { a: 2, b: 1 }, 'kubernetes'],
    ['Ingress default/a, which is older', { a: 1, b: 2 }, 'ingress-nginx'],
    ['Ingress default/a, which is of the same age and first by name', { a: 1, b: 1 }, 'kubernetes'],
    ['Ingress default/b, which is of the same age and last by name', { a: 1, b: 1 }, 'ingress-nginx'],
  ])('is told that it belongs to %s', (winner, ages, compatibility) => {
    expect(conflictOf(ages, compatibility)).toEqual([`the path "/x" of host "shop.example" belongs to ${winner}`]);
  });
});
