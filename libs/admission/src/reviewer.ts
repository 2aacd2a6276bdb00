/**
 * Duty: from what the API server asks to a verdict, without a word of HTTP or JSON text.
 */
import { err, ok, type Result } from '@gatehouse/core';
import type { Ingress } from '@gatehouse/kube-model';
import { rememberingPolicy, type RoutingOptions } from '@gatehouse/routing';
import type { Circumstances, Judge, JudgedCircumstances } from './judge.ts';
import { configMapJudge } from './judge-config-map.ts';
import { ingressJudge } from './judge-ingress.ts';
import { serviceJudge } from './judge-service.ts';
import type { AdmissionRequest } from './parse-review.ts';
import { readCandidate, type Change, type Reviewed } from './read-candidate.ts';
import { passes, type Verdict } from './verdict.ts';

export interface Reviewer {
  /**
   * Judges a request. The error, one sentence without a full stop, says why it makes no sense. Has no effect but to
   * remember what makes the next review faster.
   */
  review(request: AdmissionRequest, circumstances: Circumstances): Result<Verdict>;
}

type Review = (request: AdmissionRequest, circumstances: JudgedCircumstances) => Result<Verdict>;

/** A reviewer that sees the world as the controller of these options does, but for what the gate never reads. */
export function createReviewer(options: RoutingOptions): Reviewer {
  const core = [''];
  const policyOf = rememberingPolicy(options);
  const judged: readonly { readonly kind: string; readonly groups: readonly string[]; readonly review: Review }[] = [
    {
      kind: 'Ingress',
      groups: ['networking.k8s.io', 'extensions'],
      review: reviewing('Ingress', youngest(ingressJudge(options))),
    },
    { kind: 'Service', groups: core, review: reviewing('Service', serviceJudge(options)) },
    { kind: 'ConfigMap', groups: core, review: reviewing('ConfigMap', configMapJudge(options)) },
  ];
  return {
    review(request, circumstances) {
      const { kind, group } = request.kind;
      const found = judged.find((one) => one.kind === kind && one.groups.includes(group));
      if (found === undefined || !isWrite(request)) return ok(passes);
      const { policy } = policyOf({ configMaps: circumstances.index.configMaps() });
      return found.review(request, { ...circumstances, policy });
    },
  };
}

/** Only what creates or changes an object itself is judged; whoever wants to delete one is never held up. */
function isWrite({ subResource, operation }: AdmissionRequest): boolean {
  return subResource === '' && (operation === 'CREATE' || operation === 'UPDATE');
}

function reviewing<T extends Reviewed>(kind: T['kind'], judge: Judge<T>): Review {
  return ({ namespace, object, oldObject }, circumstances) => {
    const candidate = object && readCandidate<T>(object, { kind, namespace });
    if (candidate === undefined) return err(`request.object is no ${kind}, though request.kind says so`);
    const before = oldObject && readCandidate<T>(oldObject, { kind, namespace });
    return ok(judge({ candidate, ...(before === undefined ? {} : { before }) }, circumstances));
  };
}

/** Who has no time of creation counts as the oldest, but what is only being created is younger than all that exist. */
function youngest(judge: Judge<Ingress>): Judge<Ingress> {
  return (change, circumstances) => {
    const { candidate, before } = change;
    const { object } = candidate;
    if (before !== undefined || object?.createdAtMs !== 0) return judge(change, circumstances);
    const created = { ...candidate, object: { ...object, createdAtMs: circumstances.nowMs } };
    return judge({ candidate: created } satisfies Change<Ingress>, circumstances);
  };
}
