/**
 * Duty: what Prometheus is told of reviews. Every label has few values, whatever clients send: no name of theirs is one.
 */
import type { Problem } from '@gatehouse/core';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Decision } from './decide.ts';
import { createFormerMetrics, type FormerLabels } from './former-metrics.ts';

export interface ReviewMetrics {
  /** A review was answered. */
  reviewed(decision: Decision, times: ReviewTimes): void;
  /** A request got another answer than a review's, with this HTTP status; 499 when nobody waited for it. */
  refused(status: number): void;
}

export interface ReviewTimes {
  /** Of the review itself. */
  readonly ownMs: number;
  /** From the request's headers to the answer. */
  readonly wholeMs: number;
}

const KINDS = ['Ingress', 'Service', 'ConfigMap'];
const BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export interface ReviewMetricsOptions {
  readonly registry: Registry;
  /** Requests that have begun and are not answered yet. */
  readonly inFlight: () => number;
  /** By kind. */
  readonly objectCounts: () => ReadonlyMap<string, number>;
  readonly former: FormerLabels;
}

export function createReviewMetrics(options: ReviewMetricsOptions): ReviewMetrics {
  const { registry } = options;
  const registers = [registry];
  const former = createFormerMetrics(registry, options.former);
  const reviews = new Counter({
    name: 'gatehouse_admission_reviews_total',
    help: 'Admission reviews by what was decided',
    labelNames: ['decision', 'operation', 'kind'],
    registers,
  });
  const problems = new Counter({
    name: 'gatehouse_admission_problems_total',
    help: 'Problems that reviews found, by code (docs/problems.md) and by what they led to',
    labelNames: ['code', 'decision'],
    registers,
  });
  const refusals = new Counter({
    name: 'gatehouse_admission_refused_total',
    help: 'Requests that were not reviewed, by HTTP status; 499 are those whose client went away',
    labelNames: ['status'],
    registers,
  });
  const own = new Histogram({
    name: 'gatehouse_admission_review_duration_seconds',
    help: 'How long a review itself took',
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const whole = new Histogram({
    name: 'gatehouse_admission_request_duration_seconds',
    help: 'How long a review took from the headers of the request to the answer, waiting included',
    buckets: BUCKETS_SECONDS,
    registers,
  });
  addSizes(options);
  const count = (found: readonly Problem[], decision: string): void => {
    for (const { code } of found) problems.inc({ code, decision });
  };
  return {
    reviewed({ kind: decision, request, verdict }, { ownMs, wholeMs }) {
      const { operation, kind } = request;
      reviews.inc({ decision, operation, kind: KINDS.includes(kind.kind) ? kind.kind : 'other' });
      count(verdict.denials, 'denied');
      count(verdict.warnings, 'warned');
      count(verdict.audited, 'audited');
      own.observe(ownMs / 1000);
      whole.observe(wholeMs / 1000);
      former({ ownMs, wholeMs }, options.objectCounts().get('Ingress') ?? 0);
    },
    refused: (status) => refusals.inc({ status }),
  };
}

function addSizes({ registry, inFlight, objectCounts }: ReviewMetricsOptions): void {
  const registers = [registry];
  new Gauge({
    name: 'gatehouse_admission_requests_in_flight',
    help: 'Requests that are being read, wait for their review or are reviewed',
    registers,
    collect() {
      this.set(inFlight());
    },
  });
  new Gauge({
    name: 'gatehouse_admission_objects',
    help: 'Objects that candidates are judged among, by kind',
    labelNames: ['kind'],
    registers,
    collect() {
      for (const [kind, count] of objectCounts()) this.set({ kind }, count);
    },
  });
}
