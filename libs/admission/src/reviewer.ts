/**
 * Duty: from what the API server asks to a verdict, without a word of HTTP or JSON text.
 */
import { err, ok, type Result } from '@gatehouse/core';
import { createResolver, type RoutingOptions } from '@gatehouse/routing';
import { judgeIngress, type Change, type Circumstances, type Verdict } from './judge-ingress.ts';
import type { AdmissionRequest } from './parse-review.ts';
import { readCandidate, type Candidate } from './read-candidate.ts';

export interface Reviewer {
  /**
   * Judges a request. The error, one sentence without a full stop, says why it makes no sense. Has no effect but to
   * remember what makes the next review faster.
   */
  review(request: AdmissionRequest, circumstances: Circumstances): Result<Verdict>;
}

const INGRESS_GROUPS = ['networking.k8s.io', 'extensions'];
const passes: Verdict = { denials: [], warnings: [] };

/** A reviewer that sees the world as the controller of these options does, but for what the gate never reads. */
export function createReviewer(options: RoutingOptions): Reviewer {
  const resolver = createResolver({ ...options, unreadKinds: ['EndpointSlice', 'Secret'] });
  return {
    review(request, circumstances) {
      const change = readChange(request, circumstances.nowMs);
      if (!change.ok) return change;
      return ok(change.value === undefined ? passes : judgeIngress(resolver, change.value, circumstances));
    },
  };
}

/** Only what creates or changes an Ingress itself is judged; whoever wants to delete one is never held up. */
function isIngressWrite({ kind, subResource, operation }: AdmissionRequest): boolean {
  const isIngress = kind.kind === 'Ingress' && INGRESS_GROUPS.includes(kind.group);
  return isIngress && subResource === '' && (operation === 'CREATE' || operation === 'UPDATE');
}

/** What there is to judge; undefined when the request is of no concern. */
function readChange(request: AdmissionRequest, nowMs: number): Result<Change | undefined> {
  const { object, oldObject } = request;
  if (!isIngressWrite(request) || object === undefined) return ok(undefined);
  const candidate = readCandidate(object);
  if (candidate === undefined) return err('request.object is no Ingress, though request.kind says so');
  if (oldObject === undefined) return ok({ candidate: asYoungest(candidate, nowMs) });
  const before = readCandidate(oldObject);
  return ok({ candidate, ...(before === undefined ? {} : { before }) });
}

/** Who has no time of creation counts as the oldest, but what is only being created is younger than all that exist. */
function asYoungest(candidate: Candidate, nowMs: number): Candidate {
  const { ingress } = candidate;
  return ingress?.createdAtMs === 0 ? { ...candidate, ingress: { ...ingress, createdAtMs: nowMs } } : candidate;
}
