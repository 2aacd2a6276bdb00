/**
 * Duty: which hosts have to be settled again, because something else is brought to them than before.
 */
import type { HostContribution, LinkedIngress } from '../link/linked-ingress.ts';

/** The hosts of every Ingress that stands in one of the two lists only, by identity. Both are oldest first. */
export function touchedHosts(before: readonly LinkedIngress[], now: readonly LinkedIngress[]): ReadonlySet<string> {
  const start = commonStart(before, now);
  const end = commonEnd(before, now, start);
  const gone = new Set(before.slice(start, before.length - end));
  const come = new Set(now.slice(start, now.length - end));
  const hosts = new Set<string>();
  for (const { contributions } of [...gone.symmetricDifference(come)]) {
    for (const { host } of contributions) hosts.add(host);
  }
  return hosts;
}

/** What is brought to each host, oldest first; only to `wanted` hosts when they are given. */
export function groupByHost(
  linked: readonly LinkedIngress[],
  wanted: ReadonlySet<string> | undefined,
): Map<string, HostContribution[]> {
  const groups = new Map<string, HostContribution[]>();
  for (const { contributions } of linked) {
    for (const contribution of contributions) {
      if (wanted !== undefined && !wanted.has(contribution.host)) continue;
      const group = groups.get(contribution.host);
      if (group === undefined) groups.set(contribution.host, [contribution]);
      else group.push(contribution);
    }
  }
  return groups;
}

function commonStart(a: readonly unknown[], b: readonly unknown[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}

/** How many members at the end are the same, not counting the first `start`. */
function commonEnd(a: readonly unknown[], b: readonly unknown[], start: number): number {
  const most = Math.min(a.length, b.length) - start;
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length += 1;
  return length;
}
