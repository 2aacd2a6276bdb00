/**
 * Duty: the answer of resolve.
 */
import type { Problem } from '@gatehouse/core';
import type { Ingress } from '@gatehouse/kube-model';
import type { Model } from './model.ts';

export interface Resolution {
  readonly model: Model;
  /** Sorted (`compareProblems`); those of the snapshot included. */
  readonly problems: readonly Problem[];
  /** The Ingresses that are ours by class and namespace, oldest first. */
  readonly served: readonly Ingress[];
}
