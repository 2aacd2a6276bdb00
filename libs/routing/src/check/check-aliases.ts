/**
 * Duty: the further names of an Ingress' first host, which the annotation server-alias gives it. Each is a host like any
 * other from here on, so conflicts, overlaps and ownership of hosts hold for it as well.
 */
import { quoteFound, type Problem } from '@gatehouse/core';
import type { Ingress } from '@gatehouse/kube-model';
import { annotationField, ingressProblem } from '../ingress-fields.ts';
import { isWholeTopLevelDomain, parseHost } from '../parse-host.ts';
import type { CheckedHost } from './checked-ingress.ts';
import type { TlsVerdict } from './check-tls.ts';

export interface AliasVerdict {
  /** `metadata.annotations[…/server-alias]`. */
  readonly field: string;
  /** Those that can be served, without names that are hosts already. */
  readonly names: readonly string[];
  readonly problems: readonly Problem[];
}

interface Aliases {
  readonly serverAliases: readonly string[];
  readonly annotationsPrefix: string;
  /** The hosts of the rules. */
  readonly known: { has(host: string): boolean };
}

export function checkAliases(ingress: Ingress, { serverAliases, annotationsPrefix, known }: Aliases): AliasVerdict {
  const field = annotationField(annotationsPrefix, 'server-alias');
  const problems: Problem[] = [];
  const names = serverAliases.filter((name) => {
    const parsed = parseHost(name);
    const alias = `the alias ${quoteFound(name)}`;
    if (!parsed.ok) {
      const code = parsed.error.kind === 'name' ? 'HostInvalid' : 'HostIsIpAddress';
      problems.push(ingressProblem(ingress, { code, field, message: `${alias} ${parsed.error.reason}` }));
    } else if (isWholeTopLevelDomain(name)) {
      const message = `${alias} matches every domain of a whole top-level domain`;
      problems.push(ingressProblem(ingress, { code: 'WildcardTooWide', field, message }));
    }
    return parsed.ok && !known.has(name);
  });
  return { field, names, problems };
}

/**
 * `first` under each name, with the entry of spec.tls that stands for that, else with its own one, whose certificate may
 * cover the name.
 */
export function aliasHosts(
  first: CheckedHost | undefined,
  { names, field }: AliasVerdict,
  { byHost }: TlsVerdict,
): readonly CheckedHost[] {
  if (first === undefined) return [];
  return names.map((name) => {
    const tls = byHost.get(name) ?? first.tls;
    return { name, field, paths: first.paths, ...(tls && { tls }) };
  });
}
