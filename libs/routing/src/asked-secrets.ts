/**
 * Duty: which Secrets are needed to serve a snapshot, for whoever reads Secrets by name and no others. Must not look at
 * any Secret.
 */
import { objectKey, type ObjectKey } from '@gatehouse/core';
import { isDnsSubdomain, type Ingress, type Snapshot } from '@gatehouse/kube-model';
import type { RoutingOptions } from './options.ts';
import { rememberingSelector } from './select-ingress.ts';

/** Those that flags name, and those of the Ingresses that are ours, whether they exist or not. */
export function secretSelector(options: RoutingOptions): (snapshot: Snapshot) => ReadonlySet<ObjectKey> {
  const selectorFor = rememberingSelector(options);
  const remembered = new WeakMap<Ingress, readonly ObjectKey[]>();
  const asked = (ingress: Ingress): readonly ObjectKey[] => {
    const known = remembered.get(ingress) ?? secretsOf(ingress);
    remembered.set(ingress, known);
    return known;
  };
  return (snapshot) => {
    const isOurs = selectorFor(snapshot);
    const keys = new Set<ObjectKey>();
    const { defaultCertificateSecret, sessionTicketSecret } = options;
    for (const key of [defaultCertificateSecret, sessionTicketSecret]) if (key !== undefined) keys.add(key);
    for (const ingress of snapshot.ingresses.values()) {
      const own = asked(ingress);
      if (own.length > 0 && isOurs(ingress).isOurs) for (const key of own) keys.add(key);
    }
    return keys;
  };
}

/** A name that no Secret can have is none: it would only make a strange request. */
function secretsOf({ ref, tls }: Ingress): readonly ObjectKey[] {
  const names = tls.map(({ secretName }) => secretName).filter(isDnsSubdomain);
  return names.map((name) => objectKey(ref.namespace, name));
}
