/**
 * Duty: what holds of every update, whatever is wrong with the object and whoever else is there.
 */
import { parseObject, type Ingress } from '@gatehouse/kube-model';
import { defaultRoutingOptions, type Compatibility } from '@gatehouse/routing';
import { anIngressClass, aService, oddIngresses, oddIngressJson, snapshotOf } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AdmissionIndex } from './admission-index.ts';
import { parseReview } from './parse-review.ts';
import { createReviewer } from './reviewer.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const OLD = '2021-01-01T00:00:00Z';

interface Surroundings {
  readonly index: AdmissionIndex;
  readonly compatibility: Compatibility;
}

/** Others, older and younger than the candidate, in its namespace and in another one. */
const surroundings: fc.Arbitrary<Surroundings> = fc
  .record({
    others: fc.array(
      fc.tuple(oddIngresses, fc.constantFrom('default', 'other'), fc.constantFrom('2020', '2021', '2022')),
      {
        maxLength: 3,
      },
    ),
    compatibility: fc.constantFrom<Compatibility>('kubernetes', 'ingress-nginx'),
  })
  .map(({ others, compatibility }) => {
    const ingresses = others.flatMap(([shape, namespace, year], at) => {
      const metadata = { name: `other-${at}`, namespace, creationTimestamp: `${year}-01-01T00:00:00Z` };
      const reading = parseObject(oddIngressJson(shape, metadata));
      return reading.kind === 'ours' ? (reading.objects as readonly Ingress[]) : [];
    });
    const self = aService({ name: 'self', type: 'ExternalName', externalName: 'localhost', ports: [] });
    const snapshot = snapshotOf([anIngressClass(), aService(), self, ...ingresses]);
    return { compatibility, index: AdmissionIndex.of(snapshot, { ...defaultRoutingOptions, compatibility }) };
  });

function denied({ index, compatibility }: Surroundings, object: unknown, oldObject?: unknown): readonly string[] {
  const request = {
    uid: 'u1',
    kind: { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' },
    operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
    object,
    oldObject: oldObject ?? null,
  };
  const parsed = parseReview({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
  if (!parsed.ok) throw new Error(parsed.error);
  const reviewer = createReviewer({ ...defaultRoutingOptions, compatibility });
  const reviewed = reviewer.review(parsed.value, { index, nowMs: NOW_MS });
  if (!reviewed.ok) throw new Error(reviewed.error);
  return reviewed.value.denials.map(({ code, field, message }) => `${code} ${field}: ${message}`);
}

const runs = { numRuns: 500 };
const codeOf = (line: string): string => line.slice(0, line.indexOf(' '));

describe('an update', () => {
  it('that changes nothing is never denied', () => {
    fc.assert(
      fc.property(surroundings, oddIngresses, (around, shape) => {
        const bookkeeping = {
          labels: { a: 'b' },
          managedFields: [],
          finalizers: [],
          resourceVersion: '2',
          generation: 7,
        };
        expect(denied(around, oddIngressJson(shape), oddIngressJson(shape))).toEqual([]);
        expect(denied(around, oddIngressJson(shape, bookkeeping), oddIngressJson(shape))).toEqual([]);
        const ending = { finalizers: ['example.com/x'], deletionTimestamp: OLD };
        expect(
          denied(around, oddIngressJson(shape, { ...ending, finalizers: [] }), oddIngressJson(shape, ending)),
        ).toEqual([]);
      }),
      runs,
    );
  });

  it('that only puts rules and paths in another order is never denied', () => {
    const shuffled = oddIngresses.chain((shape) =>
      fc
        .tuple(
          fc.shuffledSubarray([...shape.rules], { minLength: shape.rules.length }),
          fc.shuffledSubarray([...shape.tls], { minLength: shape.tls.length }),
        )
        .map(([order, tls]) => ({
          before: shape,
          after: { ...shape, tls, rules: order.map((rule) => ({ ...rule, paths: rule.paths.toReversed() })) },
        })),
    );
    fc.assert(
      fc.property(surroundings, shuffled, (around, { before, after }) => {
        expect(denied(around, oddIngressJson(after), oddIngressJson(before))).toEqual([]);
      }),
      runs,
    );
  });

  it('that only removes things is never denied for what remains', () => {
    const cut = oddIngresses.chain((shape) =>
      fc
        .record({
          rules: fc.subarray([...shape.rules], { minLength: Math.min(1, shape.rules.length) }),
          tls: fc.subarray([...shape.tls]),
          hasDefaultBackend: shape.hasDefaultBackend ? fc.boolean() : fc.constant(false),
          paths: fc.nat({ max: 2 }),
        })
        .map(({ rules, paths, ...rest }) => ({
          before: shape,
          after: {
            ...rest,
            annotations: shape.annotations,
            rules: rules.map((rule) => ({ ...rule, paths: rule.paths.slice(paths) })),
          },
        })),
    );
    fc.assert(
      fc.property(surroundings, cut, (around, { before, after }) => {
        const lines = denied(around, oddIngressJson(after), oddIngressJson(before));
        // What comes to light by it, such as a default backend behind a path, may still take something from others.
        expect(lines.filter((line) => !line.includes('would lose it'))).toEqual([]);
      }),
      runs,
    );
  });

  it('is never denied for what a creation of the same would not be denied for', () => {
    fc.assert(
      fc.property(surroundings, oddIngresses, oddIngresses, (around, before, after) => {
        const created = denied(around, oddIngressJson(after));
        for (const line of denied(around, oddIngressJson(after), oddIngressJson(before)))
          expect(created).toContain(line);
      }),
      runs,
    );
  });

  it('of an object that could not be read is judged as if it were new', () => {
    fc.assert(
      fc.property(surroundings, oddIngresses, (around, shape) => {
        const unread = { ...oddIngressJson(shape), spec: 7 };
        const codes = (lines: readonly string[]) => lines.map(codeOf).sort();
        expect(codes(denied(around, oddIngressJson(shape), unread))).toEqual(
          codes(denied(around, oddIngressJson(shape))),
        );
      }),
      runs,
    );
  });
});
