/**
 * Duty: telling an Ingress that is larger than one object should be. Its size is paid by all others: it is read, judged
 * and written anew whenever any part of it changes.
 */
import type { Problem } from '@gatehouse/core';
import type { Ingress } from '@gatehouse/kube-model';
import { ingressProblem } from '../ingress-fields.ts';

/**
 * etcd takes objects up to 1.5 MiB, of which a path with its trace in managedFields needs 300 bytes and more, so these are
 * near what a cluster can hold. All annotations together are limited by the API server itself to 256 KiB.
 */
const MOST = { hosts: 1000, paths: 3000, tlsNames: 2000, annotationBytes: 262_144 } as const;

/** The shortest path in JSON has more than 80 bytes, so that no cluster holds an Ingress with so many of them. */
const MOST_STORED = 20_000;

export interface SizeVerdict {
  /** One for each limit that is passed. */
  readonly problems: readonly Problem[];
  /** It is larger than any that a cluster can hold, so nothing is lost where it is not looked into. */
  readonly isMonstrous: boolean;
}

/** `aliases` are the further names of the first host, each of which has its paths again. */
export function checkSize(ingress: Ingress, aliases: number): SizeVerdict {
  const { rules, tls } = ingress;
  const ofAliases = aliases * (rules[0]?.paths.length ?? 0);
  const paths = rules.reduce((sum, rule) => sum + rule.paths.length, ofAliases);
  const isMonstrous = Math.max(rules.length, paths) > MOST_STORED;
  const hosts = aliases + (isMonstrous ? rules.length : new Set(rules.map(({ host }) => host)).size);
  const tlsNames = tls.reduce((sum, entry) => sum + Math.max(1, entry.hosts.length), 0);
  const bytes = annotationBytes(ingress);
  const sizes: readonly Size[] = [
    { field: 'spec.rules', amount: hosts, most: MOST.hosts, unit: 'hosts' },
    { field: 'spec.rules', amount: paths, most: MOST.paths, unit: 'paths' },
    { field: 'spec.tls', amount: tlsNames, most: MOST.tlsNames, unit: 'entries and hosts' },
    { field: 'metadata.annotations', amount: bytes, most: MOST.annotationBytes, unit: 'bytes' },
  ];
  const passed = sizes.filter(({ amount, most }) => amount > most);
  const verdict = isMonstrous ? `, and an Ingress of more than ${MOST_STORED} rules or paths is left out` : '';
  return { isMonstrous, problems: passed.map((size) => tooLarge(ingress, size, verdict)) };
}

interface Size {
  readonly field: string;
  readonly amount: number;
  readonly most: number;
  readonly unit: string;
}

function tooLarge(ingress: Ingress, { field, amount, most, unit }: Size, verdict: string): Problem {
  const message = `it has ${amount} ${unit}, and ${most} are the most that one Ingress should have${verdict}`;
  return ingressProblem(ingress, { code: 'IngressTooLarge', field, message, amount });
}

function annotationBytes({ annotations }: Ingress): number {
  let bytes = 0;
  for (const [name, value] of annotations) bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  return bytes;
}
