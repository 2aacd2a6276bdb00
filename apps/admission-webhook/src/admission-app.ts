/**
 * Duty: the express app of the gate: an AdmissionReview in a POST, its answer in the response. Must not know what is judged,
 * nor by which world.
 */
import { parseReview } from '@gatehouse/admission';
import { answerErrors, createHttpApp, parseJson, refuseOtherMedia, Refusal } from '@gatehouse/http';
import type { Clock } from '@gatehouse/pipeline';
import type { Express } from 'express';
import { createAuditLog } from './audit-log.ts';
import { whyStranger } from './clients/client-certificate.ts';
import { decide, type DecideOptions, type Decision } from './decide.ts';
import { createIntake, type IntakeLimits } from './intake.ts';
import { createReviewMetrics, type ReviewMetricsOptions } from './review-metrics.ts';

export interface AdmissionAppOptions extends DecideOptions {
  /** Why nothing can be judged now; undefined when it can. */
  readonly whyUnready: () => string | undefined;
  /** When it is given, clients need a certificate, with one of these names if there are any. */
  readonly clientNames?: readonly string[];
  readonly limits: IntakeLimits;
  readonly metrics: Omit<ReviewMetricsOptions, 'inFlight'>;
  readonly clock: Clock;
}

/** Ours, and the one of ingress-nginx, so that its ValidatingWebhookConfiguration can be pointed here as it is. */
const PATHS = ['/validate', '/networking/v1/ingresses'];
/** The depth of managed fields, twice. */
const MAX_DEPTH = 64;

/**
 * POST on two paths: 200 with an AdmissionReview, 4xx for what is none, 503 and 504 when there is no time or no room to
 * judge it; everything else is 404 or 405. See `intake.ts` for the limits.
 */
export function createAdmissionApp(options: AdmissionAppOptions): Express {
  const { logger, clock, clientNames } = options;
  const intake = createIntake(options.limits, clock);
  const metrics = createReviewMetrics({ ...options.metrics, inFlight: intake.inFlight });
  const audit = createAuditLog(logger, clock);
  const judge = judging(options);
  const app = createHttpApp();
  app.use((_request, response, next) => {
    response.once('close', () => {
      if (!response.writableFinished) metrics.refused(499);
      else if (response.statusCode !== 200) metrics.refused(response.statusCode);
    });
    next();
  });
  app.post(PATHS, async (request, response) => {
    const arrivedMs = clock.monotonicMs();
    const stranger = clientNames === undefined ? undefined : whyStranger(request.socket, clientNames);
    if (stranger !== undefined) throw new Refusal(403, stranger);
    const reason = options.whyUnready();
    // An API server asks again within its own time, perhaps another replica.
    if (reason !== undefined) throw new Refusal(503, reason, { 'Retry-After': '1' });
    refuseOtherMedia(request);
    const { decision, ownMs } = await intake.take({ request, response }, judge);
    audit.record(decision, ownMs);
    metrics.reviewed(decision, { ownMs, wholeMs: clock.monotonicMs() - arrivedMs });
    response.set('Cache-Control', 'no-store').json(decision.answer);
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

interface Judged {
  readonly decision: Decision;
  readonly ownMs: number;
}

/** From the bytes of a body to a decision, with the time that this took. Throws a Refusal (400) when they are no review. */
function judging(options: AdmissionAppOptions): (body: Uint8Array) => Judged {
  return (body) => {
    const beganMs = options.clock.monotonicMs();
    const request = parseReview(parseJson(body, MAX_DEPTH));
    if (!request.ok) throw new Refusal(400, request.error);
    const decision = decide(request.value, options);
    if (!decision.ok) throw new Refusal(400, decision.error);
    return { decision: decision.value, ownMs: options.clock.monotonicMs() - beganMs };
  };
}
