/**
 * Duty: who wins a conflict.
 */
import { compareText } from '@gatehouse/core';
import type { Ingress } from '@gatehouse/kube-model';
import type { Compatibility } from './options.ts';

/** Orders Ingresses oldest first; of equal age, by `namespace/name`, which ingress-nginx has the other way round. */
export function ageComparator(compatibility: Compatibility): (a: Ingress, b: Ingress) => number {
  const direction = compatibility === 'ingress-nginx' ? -1 : 1;
  return (a, b) => a.createdAtMs - b.createdAtMs || direction * compareText(a.key, b.key);
}
