/**
 * Duty: which entry of spec.tls stands for each host of one Ingress, judged by itself.
 */
import { objectKey, quoteFound, type Problem } from '@gatehouse/core';
import type { Ingress, IngressTls } from '@gatehouse/kube-model';
import { ingressProblem } from '../ingress-fields.ts';
import { isCoveredByWildcard, parseHost } from '../parse-host.ts';
import type { CheckedTls } from './checked-ingress.ts';

/** The entry for each host that has one, and what is wrong with spec.tls. */
export interface TlsVerdict {
  readonly byHost: ReadonlyMap<string, CheckedTls>;
  readonly problems: readonly Problem[];
}

/** How an entry comes to stand for a host; the earlier way wins, for it says more. */
type Way = 'byName' | 'byWildcard' | 'forAll';

interface Claim {
  readonly host: string;
  readonly tls: CheckedTls;
  /** Where the claim is made. */
  readonly field: string;
}

const noTls: TlsVerdict = { byHost: new Map(), problems: [] };

/** Judges spec.tls for `hosts`, the hosts of the Ingress' rules. An entry without hosts stands for all of them. */
export function checkTls(ingress: Ingress, hosts: readonly string[]): TlsVerdict {
  if (ingress.tls.length === 0) return noTls;
  const problems: Problem[] = [];
  const claims: Record<Way, Claim[]> = { byName: [], byWildcard: [], forAll: [] };
  const known = new Set(hosts);
  for (const [index, entry] of ingress.tls.entries()) {
    const tls = checkedTls(ingress, entry, index);
    if (entry.hosts.length === 0) claims.forAll.push(...hosts.map((host) => ({ host, tls, field: tls.field })));
    for (const [at, name] of entry.hosts.entries()) {
      const field = `spec.tls[${index}].hosts[${at}]`;
      const covered = known.has(name) ? [] : hosts.filter((host) => isCoveredByWildcard(host, name));
      if (known.has(name)) claims.byName.push({ host: name, tls, field });
      else if (covered.length > 0) claims.byWildcard.push(...covered.map((host) => ({ host, tls, field })));
      else problems.push(uselessName(ingress, name, field));
    }
  }
  const byHost = new Map<string, CheckedTls>();
  for (const sameWay of [claims.byName, claims.byWildcard, claims.forAll]) {
    problems.push(...settleClaims(ingress, sameWay, byHost));
  }
  return { byHost, problems };
}

/** Gives each host that has no entry yet to the first claim; an equally good one that names another Secret lost. */
function settleClaims(ingress: Ingress, claims: readonly Claim[], byHost: Map<string, CheckedTls>): readonly Problem[] {
  const problems: Problem[] = [];
  const settled = new Map<string, CheckedTls>();
  for (const { host, tls, field } of claims) {
    const winner = settled.get(host);
    if (winner !== undefined && winner.secret !== tls.secret) {
      const message = `the certificate of ${quoteFound(host)} comes from ${winner.field} already`;
      problems.push(ingressProblem(ingress, { code: 'TlsConflict', field, message }));
    }
    if (winner === undefined && !byHost.has(host)) settled.set(host, tls);
  }
  for (const [host, tls] of settled) byHost.set(host, tls);
  return problems;
}

function uselessName(ingress: Ingress, name: string, field: string): Problem {
  const parsed = parseHost(name);
  return parsed.ok
    ? ingressProblem(ingress, {
        code: 'TlsHostWithoutRule',
        field,
        message: `no rule of this Ingress has the host ${quoteFound(name)}`,
      })
    : ingressProblem(ingress, {
        code: 'TlsHostInvalid',
        field,
        message: `the host ${quoteFound(name)} ${parsed.error.reason}`,
      });
}

function checkedTls(ingress: Ingress, entry: IngressTls, index: number): CheckedTls {
  const field = `spec.tls[${index}].secretName`;
  if (entry.secretName === '') return { field };
  return { field, secret: objectKey(ingress.ref.namespace, entry.secretName) };
}
