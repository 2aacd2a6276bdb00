/**
 * Duty: which entry of spec.tls stands for each host of one Ingress, judged by itself.
 */
import { objectKey, quoteFound, type Problem } from '@gatehouse/core';
import type { Ingress, IngressTls } from '@gatehouse/kube-model';
import { ingressProblem } from '../ingress-fields.ts';
import { coveringWildcard, parseHost } from '../parse-host.ts';
import type { CheckedTls } from './checked-ingress.ts';

/** The entry for each host that has one, and what is wrong with spec.tls. */
export interface TlsVerdict {
  readonly byHost: ReadonlyMap<string, CheckedTls>;
  readonly problems: readonly Problem[];
}

interface Claim {
  readonly tls: CheckedTls;
  /** Where the claim is made. */
  readonly field: string;
}

/**
 * The first claims, by what they are made on: a host, a wildcard (for every host that it covers), or nothing (for all
 * hosts). To share claims out among hosts only at the end keeps the work from being entries times hosts.
 */
type Claims = Map<string, Claim>;

const FOR_ALL = '';
const noTls: TlsVerdict = { byHost: new Map(), problems: [] };

/**
 * Judges spec.tls for `hosts`, the hosts of the Ingress. An entry stands for a host that it names, else for those that a
 * wildcard of it covers, else, when it has no hosts, for all of them.
 */
export function checkTls(ingress: Ingress, hosts: readonly string[]): TlsVerdict {
  if (ingress.tls.length === 0) return noTls;
  const problems: Problem[] = [];
  const claims: Claims = new Map();
  const known = new Set(hosts);
  const covering = new Set(hosts.map(coveringWildcard));
  for (const [index, entry] of ingress.tls.entries()) {
    const tls = checkedTls(ingress, entry, index);
    if (entry.hosts.length === 0) problems.push(...claim(ingress, claims, { on: FOR_ALL, tls, field: tls.field }));
    for (const [at, name] of entry.hosts.entries()) {
      const field = `spec.tls[${index}].hosts[${at}]`;
      const isUseful = name !== '' && (known.has(name) || covering.has(name));
      if (isUseful) problems.push(...claim(ingress, claims, { on: name, tls, field }));
      else problems.push(uselessName(ingress, name, field));
    }
  }
  return { byHost: shareOut(claims, hosts), problems };
}

/** The first claim holds; one that names another Secret lost. */
function claim(ingress: Ingress, claims: Claims, { on, ...made }: Claim & { readonly on: string }): readonly Problem[] {
  const winner = claims.get(on);
  if (winner === undefined) claims.set(on, made);
  if (winner === undefined || winner.tls.secret === made.tls.secret) return [];
  const subject = on === FOR_ALL ? 'hosts that no entry names' : quoteFound(on);
  const message = `the certificate of ${subject} comes from ${winner.tls.field} already`;
  return [ingressProblem(ingress, { code: 'TlsConflict', field: made.field, message })];
}

function shareOut(claims: Claims, hosts: readonly string[]): ReadonlyMap<string, CheckedTls> {
  const byHost = new Map<string, CheckedTls>();
  for (const host of hosts) {
    const byName = host === '' ? undefined : claims.get(host);
    const found = byName ?? claims.get(coveringWildcard(host) ?? FOR_ALL) ?? claims.get(FOR_ALL);
    if (found !== undefined) byHost.set(host, found.tls);
  }
  return byHost;
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
