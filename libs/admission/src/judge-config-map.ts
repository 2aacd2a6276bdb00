/**
 * Duty: what the controller would say about one of the ConfigMaps that its flags name. Every other ConfigMap passes
 * untouched.
 */
import { describeObject } from '@gatehouse/core';
import type { ConfigMap } from '@gatehouse/kube-model';
import { createResolver, type RoutingOptions } from '@gatehouse/routing';
import type { Judge } from './judge.ts';
import type { Candidate } from './read-candidate.ts';
import { passes, verdictOf, type Outcome } from './verdict.ts';

export function configMapJudge(options: RoutingOptions): Judge<ConfigMap> {
  const { configMap, policyConfigMap, tcpServicesConfigMap, udpServicesConfigMap } = options;
  const named = new Set<string>(
    [configMap, policyConfigMap, tcpServicesConfigMap, udpServicesConfigMap].filter((key) => key !== undefined),
  );
  return ({ candidate, before }, { index, nowMs, policy }) => {
    const { namespace, name } = candidate.ref;
    if (!named.has(`${namespace}/${name}`)) return passes;
    const outcomeOf = (form: Candidate<ConfigMap> | undefined): Outcome => {
      // These change seldom, so nothing is remembered from one to the next.
      const resolver = createResolver({ ...options, unreadKinds: ['EndpointSlice', 'Secret'] });
      const { problems } = resolver.resolve(index.withConfigMap(candidate.ref, form?.object), nowMs);
      const own = problems.filter(({ object }) => describeObject(object) === describeObject(candidate.ref));
      return { own: [...(form?.problems ?? []), ...own], caused: [] };
    };
    return verdictOf(outcomeOf(candidate), { before: () => outcomeOf(before), policy });
  };
}
