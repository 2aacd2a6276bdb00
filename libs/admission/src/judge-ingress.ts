/**
 * Duty: what the controller itself would say about an Ingress that somebody wants to store. Must not know how the
 * question came, nor how the answer is written.
 */
import { describeObject, type ObjectRef, type Problem } from '@gatehouse/core';
import { hasSameContent, type Ingress } from '@gatehouse/kube-model';
import { createResolver, type Resolution, type RoutingOptions } from '@gatehouse/routing';
import { addsNothing } from './adds-nothing.ts';
import { compareWithBefore } from './compare-with-before.ts';
import type { Judge } from './judge.ts';
import type { Candidate } from './read-candidate.ts';
import { verdictOf, type Outcome } from './verdict.ts';

/** A change that takes a path from another Ingress is judged by what the other one loses. */
export function ingressJudge(options: RoutingOptions): Judge<Ingress> {
  const resolver = createResolver(withoutStreams({ ...options, unreadKinds: ['EndpointSlice', 'Secret'] }));
  return ({ candidate, before }, { index, nowMs, policy }) => {
    const forms = [candidate.object, before?.object].filter((form) => form !== undefined);
    const around = index.around(forms);
    const outcomeOf = (form: Candidate<Ingress> | undefined): Outcome =>
      outcome(candidate.ref, form, resolver.resolve(around.with(form?.object), nowMs, form?.object));
    const now = outcomeOf(candidate);
    return verdictOf(now, {
      before: () => (isSameToUs(candidate, before) ? now : outcomeOf(before)),
      policy,
      addsNothing: before !== undefined && onlyRemoves(candidate, before, options),
    });
  };
}

/** TCP and UDP ports are nothing to Ingresses, and there may be many. */
function withoutStreams(options: RoutingOptions): RoutingOptions {
  const { tcpServicesConfigMap: _tcp, udpServicesConfigMap: _udp, ...rest } = options;
  return rest;
}

/** What can no longer be read looks as if it were gone, so its Problems have to have been there before. */
function onlyRemoves(
  candidate: Candidate<Ingress>,
  before: Candidate<Ingress>,
  { annotationsPrefix }: RoutingOptions,
): boolean {
  if (candidate.object === undefined || before.object === undefined) return false;
  const isAsReadable = compareWithBefore(candidate.problems, before.problems).added.length === 0;
  return isAsReadable && addsNothing(candidate.object, before.object, annotationsPrefix);
}

/** Whether nothing differs that is ever read: then all is as it was, and need not be found out again. */
function isSameToUs(candidate: Candidate<Ingress>, before: Candidate<Ingress> | undefined): boolean {
  return before !== undefined && hasSameContent(whatCounts(candidate), whatCounts(before));
}

function whatCounts({ ref, object, problems }: Candidate<Ingress>): unknown {
  const { apiVersion, annotations, className, defaultBackend, rules, tls, createdAtMs } = object ?? {};
  return { ref, problems, apiVersion, annotations, className, defaultBackend, rules, tls, createdAtMs };
}

function outcome(ref: ObjectRef, form: Candidate<Ingress> | undefined, { problems, served }: Resolution): Outcome {
  // How an Ingress of another class is written is none of our business.
  const isForeign = form?.object !== undefined && !served.includes(form.object);
  const read = isForeign ? [] : (form?.problems ?? []);
  const own = [...read, ...problems.filter(({ object }) => isSameObject(object, ref))];
  const caused = problems.filter(({ object, related }) => isSameObject(related, ref) && !isSameObject(object, ref));
  return { own, caused: caused.map((problem) => causedBy(ref, problem)) };
}

function causedBy(ref: ObjectRef, problem: Problem): Problem {
  const other = describeObject(problem.object);
  const message =
    problem.code === 'HostOverlap'
      ? `as ${other} would be told, ${problem.message}`
      : `${other} has this already and would lose it: ${problem.message}`;
  return { code: problem.code, object: ref, field: '', message, related: problem.object };
}

function isSameObject(a: ObjectRef | undefined, b: ObjectRef): boolean {
  return a?.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}
