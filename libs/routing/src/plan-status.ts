/**
 * Duty: which Ingresses' status has to be written so that all of them name the given addresses. Writes nothing itself.
 */
import { isSameAddresses, sortStatusAddresses, type Ingress, type StatusAddress } from '@gatehouse/kube-model';
import type { Resolution } from './resolution.ts';

export interface StatusWrite {
  readonly ingress: Ingress;
  /** The whole new list; empty clears it. */
  readonly addresses: readonly StatusAddress[];
}

/** One write for each Ingress of ours whose status differs, oldest first. Order and repetition do not count. */
export function planStatus(
  { served }: Pick<Resolution, 'served'>,
  addresses: readonly StatusAddress[],
): readonly StatusWrite[] {
  const wanted = sortStatusAddresses(addresses);
  return served
    .filter(({ statusAddresses }) => !isSameAddresses(statusAddresses, wanted))
    .map((ingress) => ({ ingress, addresses: wanted }));
}
