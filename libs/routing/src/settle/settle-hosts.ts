/**
 * Duty: sharing out what all Ingresses bring among the hosts. A host to which the very same things are brought as in
 * the resolve before keeps its HostModel.
 */
import type { Problem } from '@gatehouse/core';
import { hasSameContent } from '@gatehouse/kube-model';
import type { HostContribution, LinkedIngress } from '../link/linked-ingress.ts';
import type { Fallback } from '../model.ts';
import type { RoutingOptions } from '../options.ts';
import { settleHost, type SettledHost } from './settle-host.ts';

/** Settles all hosts, the catch-all host always among them; `linked` is oldest first. */
export type HostSettler = (
  linked: readonly LinkedIngress[],
  globalFallback: Fallback | undefined,
) => readonly SettledHost[];

interface RememberedHost {
  readonly contributions: readonly HostContribution[];
  readonly settled: SettledHost;
}

export function hostSettler(options: RoutingOptions): HostSettler {
  let before: ReadonlyMap<string, RememberedHost> = new Map();
  let fallbackBefore: Fallback | undefined;
  return (linked, globalFallback) => {
    const isSameFallback = globalFallback === fallbackBefore;
    const now = new Map<string, RememberedHost>();
    for (const [name, contributions] of groupByHost(linked)) {
      const known = before.get(name);
      if (known !== undefined && isSameFallback && isSameList(known.contributions, contributions)) {
        now.set(name, known);
        continue;
      }
      const settled = settleHost({ name, contributions, globalFallback, options });
      now.set(name, { contributions, settled: share(settled, known?.settled) });
    }
    before = now;
    fallbackBefore = globalFallback;
    return [...now.values()].map(({ settled }) => settled);
  };
}

function groupByHost(linked: readonly LinkedIngress[]): ReadonlyMap<string, readonly HostContribution[]> {
  const groups = new Map<string, HostContribution[]>([['', []]]);
  for (const { contributions } of linked) {
    for (const contribution of contributions) {
      const group = groups.get(contribution.host);
      if (group === undefined) groups.set(contribution.host, [contribution]);
      else group.push(contribution);
    }
  }
  return groups;
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** An object that was only read again leads to an equal model, which then stays the same object. */
function share(settled: SettledHost, before: SettledHost | undefined): SettledHost {
  if (before === undefined) return settled;
  return {
    model: hasSameContent(settled.model, before.model) ? before.model : settled.model,
    problems: hasSameContent(settled.problems, before.problems) ? before.problems : settled.problems,
  };
}
