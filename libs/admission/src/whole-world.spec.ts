/**
 * Duty: that judging by the neighbours alone says what the whole world would say.
 */
import { compareText, problemTable } from '@gatehouse/core';
import { parseObject, type Ingress } from '@gatehouse/kube-model';
import { createResolver, defaultRoutingOptions, type RoutingOptions } from '@gatehouse/routing';
import { anIngressClass, aService, oddIngresses, oddIngressJson, snapshotOf } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AdmissionIndex } from './admission-index.ts';
import { parseReview } from './parse-review.ts';
import { createReviewer, type Reviewer } from './reviewer.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const world = [
  anIngressClass(),
  aService(),
  aService({ name: 'self', type: 'ExternalName', externalName: 'localhost', ports: [] }),
];

function stored(json: object): Ingress {
  const reading = parseObject(json);
  const found = reading.kind === 'ours' ? reading.objects[0] : undefined;
  if (found?.kind !== 'Ingress') throw new Error('no Ingress');
  return found;
}

const others = fc
  .array(fc.tuple(oddIngresses, fc.constantFrom('default', 'other'), fc.constantFrom('2020', '2021', '2022')), {
    maxLength: 4,
  })
  .map((all) =>
    all.map(([shape, namespace, year], at) =>
      stored(oddIngressJson(shape, { namespace, name: `other-${at}`, creationTimestamp: `${year}-01-01T00:00:00Z` })),
    ),
  );

function review(reviewer: Reviewer, index: AdmissionIndex, object: object) {
  const kind = { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' };
  const request = { uid: 'u1', kind, operation: 'CREATE', object };
  const parsed = parseReview({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
  if (!parsed.ok) throw new Error(parsed.error);
  const reviewed = reviewer.review(parsed.value, { index, nowMs: NOW_MS });
  if (!reviewed.ok) throw new Error(reviewed.error);
  return reviewed.value;
}

describe('judging by the neighbours alone', () => {
  it.each<RoutingOptions['compatibility']>(['kubernetes', 'ingress-nginx'])(
    'says exactly what the whole world resolved with and without the change says (%s)',
    (compatibility) => {
      const options = { ...defaultRoutingOptions, compatibility };
      const resolve = (...all: readonly Ingress[]) =>
        createResolver({ ...options, unreadKinds: ['EndpointSlice', 'Secret'] }).resolve(
          snapshotOf([...world, ...all]),
          NOW_MS,
        ).problems;
      fc.assert(
        fc.property(others, oddIngresses, (around, shape) => {
          const json = oddIngressJson(shape);
          const before = new Set(resolve(...around).map((problem) => JSON.stringify(problem)));
          // Whom else an overlap is told to can change as well, which is nothing that the candidate could be told.
          const added = resolve(...around, stored(json)).filter(
            (problem) =>
              !before.has(JSON.stringify(problem)) &&
              [problem.object, problem.related].some((ref) => ref?.name === 'candidate'),
          );
          const codes = (admission: string) =>
            added.flatMap(({ code }) => (problemTable[code].admission === admission ? [code] : []));
          const index = AdmissionIndex.of(snapshotOf([...world, ...around]), options);
          const { denials, warnings } = review(createReviewer(options), index, json);
          const read = parseObject(json);
          const unread = read.kind === 'ours' ? read.problems.map(({ code }) => code) : [];
          const denied = denials.map(({ code }) => code);
          const warned = warnings.map(({ code }) => code);
          expect(denied.toSorted(compareText)).toEqual([...codes('deny'), ...unread].sort(compareText));
          // An overlap is told once for all of a namespace, but to each candidate that brings one.
          const apart = (found: readonly string[]) => found.filter((code) => code !== 'HostOverlap').sort(compareText);
          expect(apart(warned)).toEqual(apart(codes('warn')));
          if (codes('warn').includes('HostOverlap')) expect(warned).toContain('HostOverlap');
        }),
        { numRuns: 400 },
      );
    },
  );

  it('gives the same answers however many reviews the same reviewer has seen', () => {
    const reviewer = createReviewer(defaultRoutingOptions);
    fc.assert(
      fc.property(others, oddIngresses, (around, shape) => {
        const index = AdmissionIndex.of(snapshotOf([...world, ...around]), defaultRoutingOptions);
        const again = review(reviewer, index, oddIngressJson(shape));
        expect(again).toEqual(review(createReviewer(defaultRoutingOptions), index, oddIngressJson(shape)));
      }),
    );
  });
});
