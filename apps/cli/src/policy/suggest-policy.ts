/**
 * Duty: from who uses which host to a policy ConfigMap as YAML. Pure.
 */

/** A name or `*.` and a name, with all namespaces that use it. */
export type HostUse = readonly [host: string, namespaces: readonly string[]];

/**
 * Gives a namespace the widest names that it uses itself, as long as nobody else uses anything below them. `key` is
 * NAMESPACE/NAME of the ConfigMap. Ends with a line break.
 */
export function suggestPolicy(key: string, uses: readonly HostUse[]): string {
  const [namespace = '', name = ''] = key.split('/');
  const users = usersBelow(uses);
  const names = new Set(uses.map(([host]) => plainName(host)));
  const isOwned = (suffix: string): boolean => names.has(suffix) && users.get(suffix)?.size === 1;
  const lines = [...names]
    .filter((suffix) => isOwned(suffix) && !suffixesAbove(suffix).some(isOwned))
    .sort()
    .map((suffix) => `    ${suffix}: ${[...(users.get(suffix) ?? [])].join(', ')}\n`);
  const shared = [...names]
    .filter((suffix) => (users.get(suffix)?.size ?? 0) > 1)
    .sort()
    .map((suffix) => `    # ${suffix}: ${[...(users.get(suffix) ?? [])].sort().join(', ')}\n`);
  const sharing =
    shared.length === 0 ? '' : `    # Used by several namespaces, with what is below: decide who owns it.\n`;
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  namespace: ${namespace}
data:
  host-ownership: audit
  host-owners: |
    # Each host belongs to the namespace that alone uses it today.
${lines.join('')}${sharing}${shared.join('')}`;
}

/** Of each name, the namespaces that use it or anything below it. */
function usersBelow(uses: readonly HostUse[]): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map<string, Set<string>>();
  for (const [host, namespaces] of uses) {
    const name = plainName(host);
    for (const suffix of [name, ...suffixesAbove(name)]) {
      const known = users.get(suffix) ?? new Set();
      // Names from files can hold anything; nothing but a name becomes a line.
      for (const namespace of namespaces) known.add(namespace.replace(/[^a-z0-9-]/g, '?'));
      users.set(suffix, known);
    }
  }
  return users;
}

function plainName(host: string): string {
  return host.startsWith('*.') ? host.slice(2) : host;
}

/** `b.c` and `c` for `a.b.c`. */
function suffixesAbove(name: string): readonly string[] {
  const labels = name.split('.');
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'));
}
