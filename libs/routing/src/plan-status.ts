/**
 * Duty: which Ingresses' status has to be written so that all of them name the given addresses. Writes nothing itself.
 */
import { compareText } from '@gatehouse/core';
import type { Ingress, StatusAddress } from '@gatehouse/kube-model';
import type { Resolution } from './resolution.ts';

export interface StatusWrite {
  readonly ingress: Ingress;
  /** The whole new list; empty clears it. */
  readonly addresses: readonly StatusAddress[];
}

/** One write for each Ingress of ours whose status differs, oldest first. Order and repetition do not count. */
export function planStatus({ served }: Resolution, addresses: readonly StatusAddress[]): readonly StatusWrite[] {
  const wanted = normalise(addresses);
  const wantedText = describe(wanted);
  return served
    .filter(({ statusAddresses }) => describe(normalise(statusAddresses)) !== wantedText)
    .map((ingress) => ({ ingress, addresses: wanted }));
}

function normalise(addresses: readonly StatusAddress[]): readonly StatusAddress[] {
  const byText = new Map(addresses.map((address) => [describe([address]), address]));
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, address]) => address);
}

function describe(addresses: readonly StatusAddress[]): string {
  return JSON.stringify(addresses.map(({ ip = '', hostname = '' }) => [ip, hostname]));
}
