/**
 * Duty: telling canaries of which no other Ingress has the host and path, so that there is nothing to share. Must not know
 * how requests are shared.
 */
import { quoteFound, type Problem } from '@gatehouse/core';
import { hasSameContent } from '@gatehouse/kube-model';
import { describeHost, routeKey } from '../check/check-ingress.ts';
import type { CheckedIngress } from '../check/checked-ingress.ts';
import { ingressProblem } from '../ingress-fields.ts';
import type { LinkedIngress } from '../link/linked-ingress.ts';
import { groupByHost } from './touched-hosts.ts';

/** Judges `canaries` by what all Ingresses bring to the hosts. */
export type CanaryJudge = (canaries: readonly CheckedIngress[], linked: readonly LinkedIngress[]) => readonly Problem[];

/** As long as there is the same to tell, the Problems are the same objects. */
export function partnerlessCanaries(): CanaryJudge {
  let before: readonly Problem[] = [];
  return (canaries, linked) => {
    const now = canaries.length === 0 ? [] : judge(canaries, linked);
    if (!hasSameContent(now, before)) before = now;
    return before;
  };
}

function judge(canaries: readonly CheckedIngress[], linked: readonly LinkedIngress[]): readonly Problem[] {
  const names = new Set(canaries.flatMap(({ canaryHosts }) => canaryHosts.map(({ name }) => name)));
  const groups = groupByHost(linked, names);
  const served = new Map(
    Array.from(groups, ([name, contributions]) => [
      name,
      new Set(contributions.flatMap(({ routes }) => routes.map(({ route }) => routeKey(route)))),
    ]),
  );
  return canaries.flatMap(({ ingress, canaryHosts }) =>
    canaryHosts.flatMap(({ name, paths }) =>
      paths
        .filter((path) => served.get(name)?.has(routeKey(path)) !== true)
        .map((path) => {
          const message = `no other Ingress has the path ${quoteFound(path.written)} of ${describeHost(name)}, whose requests the canary would share`;
          return ingressProblem(ingress, { code: 'CanaryWithoutPartner', field: path.field, message });
        }),
    ),
  );
}
