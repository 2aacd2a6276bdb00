/**
 * Duty: the express app of the gate: an AdmissionReview in a POST, its answer in the response. Must not know what is judged,
 * nor by which world.
 */
import { parseReview } from '@gatehouse/admission';
import { answerErrors, createHttpApp, readJsonBody, Refusal } from '@gatehouse/http';
import type { Logger } from '@gatehouse/pipeline';
import type { Express } from 'express';
import type { Registry } from 'prom-client';
import { auditDecision } from './audit-log.ts';
import { decide, type Review } from './decide.ts';
import { createReviewMetrics } from './review-metrics.ts';

export interface AdmissionAppOptions {
  readonly review: Review;
  /** Why nothing can be judged now; undefined when it can. */
  readonly whyUnready: () => string | undefined;
  readonly metrics: Registry;
  readonly logger: Logger;
}

/** Ours, and the one of ingress-nginx, so that its ValidatingWebhookConfiguration can be pointed here as it is. */
const PATHS = ['/validate', '/networking/v1/ingresses'];
/** The API server sends the object twice; etcd takes 1.5 MiB of it at most. The depth is that of managed fields, twice. */
const BODY_LIMITS = { maxBytes: 4 * 1024 * 1024, maxDepth: 64 };

/**
 * POST on two paths: 200 with an AdmissionReview, 400 and 413 for what is none, 503 while nothing can be judged; everything
 * else is 404 or 405.
 */
export function createAdmissionApp(options: AdmissionAppOptions): Express {
  const { logger } = options;
  const metrics = createReviewMetrics(options.metrics);
  const app = createHttpApp();
  app.post(PATHS, async (request, response) => {
    const reason = options.whyUnready();
    if (reason !== undefined) throw new Refusal(503, reason);
    const parsed = parseReview(await readJsonBody(request, BODY_LIMITS));
    if (!parsed.ok) throw new Refusal(400, parsed.error);
    const decision = decide(parsed.value, options);
    if (!decision.ok) throw new Refusal(400, decision.error);
    metrics.count(decision.value);
    auditDecision(logger, decision.value);
    response.set('Cache-Control', 'no-store').json(decision.value.answer);
  });
  app.all(PATHS, () => {
    throw new Refusal(405, 'POST an AdmissionReview', { Allow: 'POST' });
  });
  app.use(() => {
    throw new Refusal(404, 'not found');
  });
  app.use(answerErrors(logger));
  return app;
}
