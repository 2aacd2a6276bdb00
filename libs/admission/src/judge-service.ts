/**
 * Duty: whether a Service leads requests to where none may ever go. That is judged for those Services only that
 * something of ours uses; every other Service passes.
 */
import { describeObject, type ObjectKey, type ObjectRef } from '@gatehouse/core';
import type { Service } from '@gatehouse/kube-model';
import { checkExternalName, rememberingSelector, streamServices, type RoutingOptions } from '@gatehouse/routing';
import type { AdmissionIndex } from './admission-index.ts';
import type { Judge } from './judge.ts';
import { passes, verdictOf, type Outcome } from './verdict.ts';

export function serviceJudge(options: RoutingOptions): Judge<Service> {
  const selectorOf = rememberingSelector(options);

  /** One object of ours that leads to the Service; there may be thousands. */
  const userOf = (key: ObjectKey, index: AdmissionIndex): ObjectRef | undefined => {
    const world = index.around([]).with(undefined);
    const isOurs = selectorOf(world);
    for (const ingress of index.usersOf(key)) if (isOurs(ingress).isOurs) return ingress.ref;
    return streamServices(world, options).get(key);
  };

  return ({ candidate, before }, { index, policy }) => {
    const { object } = candidate;
    if (object === undefined || checkExternalName(object, options).length === 0) return passes;
    const related = userOf(object.key, index);
    const isDefault = object.key === options.defaultBackendService;
    if (related === undefined && !isDefault) return passes;
    const used = related === undefined ? 'the default backend is this Service' : `${describeObject(related)} uses it`;
    const outcomeOf = (service: Service | undefined): Outcome => {
      const found = service === undefined ? [] : checkExternalName(service, options);
      const own = found.map((problem) => ({
        ...problem,
        message: `${problem.message}; ${used}`,
        ...(related && { related }),
      }));
      return { own, caused: [] };
    };
    return verdictOf(outcomeOf(object), { before: () => outcomeOf(before?.object), policy });
  };
}
