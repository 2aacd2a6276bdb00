/**
 * Duty: telling whether an update of an Ingress only removes things or puts them in another order. Must not judge them.
 */
import { hasSameContent, type Ingress, type IngressRule, type IngressTls } from '@gatehouse/kube-model';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/**
 * Whether all that `after` asks for stands in `before` as well, as often, for the same hosts and in the same class, and
 * means the same. Each annotation of ours may say what the rest means: without `canary` an Ingress competes for its hosts,
 * without `use-regex` its paths are others. Annotations without our prefix ask for nothing.
 */
export function addsNothing(after: Ingress, before: Ingress, annotationsPrefix: string): boolean {
  const isClassSame =
    after.className === before.className &&
    after.annotations.get(CLASS_ANNOTATION) === before.annotations.get(CLASS_ANNOTATION);
  return (
    isClassSame &&
    hasSameContent(ownAnnotations(after, annotationsPrefix), ownAnnotations(before, annotationsPrefix)) &&
    // Aliases are names of whichever host is the first.
    (!after.annotations.has(`${annotationsPrefix}/server-alias`) ||
      hasSameContent(after.rules.map(hostOf), before.rules.map(hostOf))) &&
    isPartOf(defaultBackends(after), defaultBackends(before)) &&
    // Without its last rule a default backend answers for every host.
    (after.rules.length > 0 || before.rules.length === 0 || after.defaultBackend === undefined) &&
    isPartOf(after.rules.map(hostOf), before.rules.map(hostOf)) &&
    isPartOf(after.rules.flatMap(pathsOf), before.rules.flatMap(pathsOf)) &&
    isPartOf(after.tls.flatMap(tlsHostsOf), before.tls.flatMap(tlsHostsOf))
  );
}

function ownAnnotations({ annotations }: Ingress, prefix: string): ReadonlyMap<string, string> {
  return new Map([...annotations].filter(([name]) => name.startsWith(`${prefix}/`)));
}

function isPartOf(some: readonly unknown[], all: readonly unknown[]): boolean {
  const left = new Map<string, number>();
  for (const one of all) left.set(JSON.stringify(one), (left.get(JSON.stringify(one)) ?? 0) + 1);
  return some.every((one) => {
    const count = left.get(JSON.stringify(one)) ?? 0;
    left.set(JSON.stringify(one), count - 1);
    return count > 0;
  });
}

function defaultBackends({ defaultBackend }: Ingress): readonly unknown[] {
  return defaultBackend === undefined ? [] : [defaultBackend];
}

function hostOf({ host }: IngressRule): string {
  return host;
}

function pathsOf({ host, paths }: IngressRule): readonly unknown[] {
  return paths.map((path) => [host, path]);
}

/** An entry without hosts is for every host, which is more than for any. */
function tlsHostsOf({ hosts, secretName }: IngressTls): readonly unknown[] {
  return hosts.length === 0 ? [['for all', secretName]] : hosts.map((host) => ['for one', secretName, host]);
}
