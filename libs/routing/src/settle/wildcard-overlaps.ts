/**
 * Duty: telling where a host of one namespace is covered by a wildcard of another one, so that it takes a part of its
 * requests. Within one namespace that is nobody's business. An Ingress is told once about each wildcard that covers any
 * of its hosts, and once about each wildcard that it has, however much that covers.
 */
import { compareText, describeObject, quoteFound, type Problem } from '@gatehouse/core';
import { hasSameContent } from '@gatehouse/kube-model';
import { ageComparator } from '../compare-age.ts';
import { ingressProblem } from '../ingress-fields.ts';
import type { HostContribution } from '../link/linked-ingress.ts';
import type { Compatibility } from '../options.ts';
import { coveringWildcard } from '../parse-host.ts';

/** What is brought to each host, oldest first. */
type Brought = ReadonlyMap<string, { readonly contributions: readonly HostContribution[] }>;

/**
 * The Problems of all hosts. Only the `touched` hosts have other contributions than the time before; undefined means
 * that any host may have.
 */
export type WildcardOverlaps = (brought: Brought, touched: ReadonlySet<string> | undefined) => Iterable<Problem>;

/** Whom a wildcard, or what it covers, belongs to: enough to find the oldest of another namespace than any given one. */
interface Owners {
  readonly oldest: HostContribution | undefined;
  /** The oldest of another namespace than that. */
  readonly second: HostContribution | undefined;
}

export function wildcardOverlaps(compatibility: Compatibility): WildcardOverlaps {
  const compareAge = ageComparator(compatibility);
  const compare = (a: HostContribution, b: HostContribution): number =>
    compareAge(a.ingress, b.ingress) || compareText(a.host, b.host);
  /** Exact hosts by the wildcard that would match them, whether it exists or not. */
  const coveredBy = new Map<string, Set<string>>();
  const problemsOf = new Map<string, readonly Problem[]>();

  const judge = (brought: Brought, host: string, ownersOf: (wildcard: string) => Owners): readonly Problem[] => {
    const covers = coveringWildcard(host);
    const owners = covers === undefined ? coveredOwners(brought, host) : ownersOf(covers);
    return (brought.get(host)?.contributions ?? []).flatMap((contribution) => {
      if (!contribution.isFirstBelow) return [];
      const other = foreignOwner(owners, contribution);
      return other === undefined || compare(other, contribution) > 0 ? [] : [overlap(contribution, other)];
    });
  };
  const coveredOwners = (brought: Brought, wildcard: string): Owners =>
    ownersAmong(
      [...(coveredBy.get(wildcard) ?? [])].flatMap((host) => brought.get(host)?.contributions ?? []),
      compare,
    );

  return (brought, touched) => {
    if (touched === undefined) {
      coveredBy.clear();
      for (const host of problemsOf.keys()) if (!brought.has(host)) problemsOf.delete(host);
    }
    const concerned = noteHosts(coveredBy, brought, touched ?? brought.keys());
    const ownersOf = remembering((wildcard: string) =>
      ownersAmong(brought.get(wildcard)?.contributions ?? [], compare),
    );
    for (const host of concerned) {
      const [made, before] = [judge(brought, host, ownersOf), problemsOf.get(host)];
      if (made.length === 0) problemsOf.delete(host);
      else if (!hasSameContent(made, before)) problemsOf.set(host, made);
    }
    return [...problemsOf.values()].flat();
  };
}

/** Brings `coveredBy` up to date, and finds every host whose Problems can be others now. */
function noteHosts(coveredBy: Map<string, Set<string>>, brought: Brought, touched: Iterable<string>): Set<string> {
  const concerned = new Set<string>();
  const wildcards: string[] = [];
  for (const host of touched) {
    concerned.add(host);
    const wildcard = coveringWildcard(host);
    if (wildcard === undefined) {
      wildcards.push(host);
      continue;
    }
    if (brought.has(wildcard)) concerned.add(wildcard);
    const covered = coveredBy.get(wildcard) ?? new Set();
    if (brought.has(host)) coveredBy.set(wildcard, covered.add(host));
    else if (covered.delete(host) && covered.size === 0) coveredBy.delete(wildcard);
  }
  for (const wildcard of wildcards) for (const host of coveredBy.get(wildcard) ?? []) concerned.add(host);
  return concerned;
}

type Comparison = (a: HostContribution, b: HostContribution) => number;

function ownersAmong(contributions: Iterable<HostContribution>, compare: Comparison): Owners {
  let oldest: HostContribution | undefined;
  let second: HostContribution | undefined;
  for (const one of contributions) {
    const isForeign = oldest !== undefined && one.ingress.ref.namespace !== oldest.ingress.ref.namespace;
    if (oldest === undefined || compare(one, oldest) < 0) {
      if (isForeign) second = oldest;
      oldest = one;
    } else if (isForeign && (second === undefined || compare(one, second) < 0)) second = one;
  }
  return { oldest, second };
}

function foreignOwner({ oldest, second }: Owners, { ingress }: HostContribution): HostContribution | undefined {
  return oldest?.ingress.ref.namespace === ingress.ref.namespace ? second : oldest;
}

function overlap({ ingress, host, field }: HostContribution, other: HostContribution): Problem {
  const [own, foreign, owner] = [quoteFound(host), quoteFound(other.host), describeObject(other.ingress.ref)];
  const message = host.startsWith('*')
    ? `the host ${own} gets no requests for ${foreign}, which go to ${owner} in another namespace`
    : `the host ${own} takes requests from ${foreign} of ${owner}, which is in another namespace`;
  return ingressProblem(ingress, { code: 'HostOverlap', field, message, related: other.ingress.ref });
}

function remembering<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}
