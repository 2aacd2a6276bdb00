/**
 * Duty: what Prometheus is told of reviews. Every label has few values, whatever clients send.
 */
import { Counter, type Registry } from 'prom-client';
import type { Decision } from './decide.ts';

export interface ReviewMetrics {
  count(decision: Decision): void;
}

export function createReviewMetrics(registry: Registry): ReviewMetrics {
  const reviews = new Counter({
    name: 'gatehouse_admission_reviews_total',
    help: 'Admission reviews by what was decided',
    labelNames: ['decision'],
    registers: [registry],
  });
  return {
    count: ({ kind }) => reviews.inc({ decision: kind }),
  };
}
