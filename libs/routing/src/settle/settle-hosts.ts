/**
 * Duty: sharing out what all Ingresses bring among the hosts. A host to which the very same things are brought as in
 * the resolve before keeps its HostModel.
 */
import { compareText, type Problem } from '@gatehouse/core';
import { hasSameContent } from '@gatehouse/kube-model';
import type { LinkedIngress } from '../link/linked-ingress.ts';
import type { Fallback, HostModel } from '../model.ts';
import type { RoutingOptions } from '../options.ts';
import type { Ownership } from '../ownership/entitlement.ts';
import { sortTogether } from '../sort-together.ts';
import { settleHost, type SettledHost } from './settle-host.ts';
import { groupByHost, touchedHosts } from './touched-hosts.ts';
import { wildcardOverlaps } from './wildcard-overlaps.ts';

interface SettledHosts {
  /** By name; the catch-all host always among them. */
  readonly hosts: readonly HostModel[];
  readonly problems: readonly Problem[];
}

/** What holds for every host. */
interface Everywhere {
  readonly globalFallback: Fallback | undefined;
  /** Undefined: any namespace may use any host. */
  readonly ownership: Ownership | undefined;
}

/** Settles all hosts; `linked` is oldest first. */
export type HostSettler = (linked: readonly LinkedIngress[], everywhere: Everywhere) => SettledHosts;

/** What the resolve before worked on, and what it made of it. */
interface Before extends Everywhere {
  readonly linked: readonly LinkedIngress[];
  readonly hosts: readonly HostModel[];
  readonly settled: ReadonlyMap<string, SettledHost>;
}

export function hostSettler(options: RoutingOptions): HostSettler {
  const overlapsOf = wildcardOverlaps(options.compatibility);
  let before: Before = { linked: [], globalFallback: undefined, ownership: undefined, hosts: [], settled: new Map() };
  return (linked, everywhere) => {
    const { globalFallback, ownership } = everywhere;
    const isAsBefore = before.globalFallback === globalFallback && before.ownership === ownership;
    const hasAll = isAsBefore && before.settled.size > 0;
    const touched = hasAll ? touchedHosts(before.linked, linked) : undefined;
    const groups = groupByHost(linked, touched);
    if (!groups.has('') && touched?.has('') !== false) groups.set('', []);

    const settled = new Map(before.settled);
    for (const name of touched ?? before.settled.keys()) if (!groups.has(name)) settled.delete(name);
    for (const [name, contributions] of groups) {
      const made = settleHost({ name, contributions, ...everywhere, options });
      settled.set(name, share(made, before.settled.get(name)));
    }

    const kept = touched === undefined ? [] : before.hosts.filter(({ name }) => !touched.has(name));
    const added = [...groups.keys()].flatMap((name) => settled.get(name)?.model ?? []);
    const hosts = Object.freeze(sortTogether(kept, added, (a, b) => compareText(a.name, b.name)));
    const overlaps = overlapsOf(settled, touched);
    before = { linked, ...everywhere, hosts, settled };
    return { hosts, problems: [...problemsOf(settled), ...overlaps] };
  };
}

/** An object that was only read again leads to an equal model, which then stays the same object. */
function share(settled: SettledHost, before: SettledHost | undefined): SettledHost {
  if (before === undefined) return settled;
  return {
    model: hasSameContent(settled.model, before.model) ? before.model : settled.model,
    problems: hasSameContent(settled.problems, before.problems) ? before.problems : settled.problems,
    contributions: settled.contributions,
  };
}

function problemsOf(settled: ReadonlyMap<string, SettledHost>): readonly Problem[] {
  const all: Problem[] = [];
  for (const { problems } of settled.values()) all.push(...problems);
  return all;
}
