/**
 * Duty: the express app of the gate: an AdmissionReview in a POST, its answer in the response. Must not know where the
 * snapshot comes from.
 */
import {
  createReviewer,
  parseReview,
  renderAnswer,
  renderFailure,
  type AdmissionAnswer,
  type AdmissionRequest,
  type Verdict,
} from '@gatehouse/admission';
import { answerErrors, createHttpApp, publicError, readJsonBody, Refusal } from '@gatehouse/http';
import type { Logger, ObjectSource } from '@gatehouse/pipeline';
import type { RoutingOptions } from '@gatehouse/routing';
import type { Express } from 'express';
import { Counter, type Registry } from 'prom-client';

export interface AdmissionAppOptions {
  readonly source: Pick<ObjectSource, 'snapshot'>;
  /** Why nothing can be judged now; undefined when it can. */
  readonly whyUnready: () => string | undefined;
  readonly routing: RoutingOptions;
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
  const { metrics, logger } = options;
  const reviews = new Counter({
    name: 'gatehouse_admission_reviews_total',
    help: 'Admission reviews by what was decided',
    labelNames: ['decision'],
    registers: [metrics],
  });
  const answerTo = answering(options);
  const app = createHttpApp();
  app.post(PATHS, (_request, response, next) => {
    const reason = options.whyUnready();
    if (reason === undefined) next();
    else response.status(503).set('Connection', 'close').type('text/plain').send(`${reason}\n`);
  });
  app.post(PATHS, async (request, response) => {
    const parsed = parseReview(await readJsonBody(request, BODY_LIMITS));
    if (!parsed.ok) throw new Refusal(400, parsed.error);
    const { decision, answer } = answerTo(parsed.value);
    reviews.inc({ decision });
    response.set('Cache-Control', 'no-store').json(answer);
  });
  app.all(PATHS, (_request, response) => {
    response
      .status(405)
      .set({ Allow: 'POST', Connection: 'close' })
      .type('text/plain')
      .send('POST an AdmissionReview\n');
  });
  app.use((_request, response) => {
    response.status(404).set('Connection', 'close').type('text/plain').send('not found\n');
  });
  app.use(answerErrors(logger));
  return app;
}

interface Decided {
  readonly decision: 'allowed' | 'denied' | 'failed';
  readonly answer: AdmissionAnswer;
}

/** Fails closed: what goes wrong inside is a denial that shows only where to look. */
function answering({ source, routing, logger }: AdmissionAppOptions): (request: AdmissionRequest) => Decided {
  const reviewer = createReviewer(routing);
  return (request) => {
    try {
      const reviewed = reviewer.review(request, { snapshot: source.snapshot(), nowMs: Date.now() });
      if (!reviewed.ok) throw new Refusal(400, reviewed.error);
      const { denials } = reviewed.value;
      if (denials.length > 0) logDenial(logger, request, reviewed.value);
      const decision = denials.length === 0 ? 'allowed' : 'denied';
      return { decision, answer: renderAnswer(request.uid, reviewed.value) };
    } catch (error) {
      if (error instanceof Refusal) throw error;
      return { decision: 'failed', answer: renderFailure(request.uid, publicError(error, logger).reason) };
    }
  };
}

function logDenial(logger: Logger, { uid, operation, isDryRun }: AdmissionRequest, { denials }: Verdict): void {
  const [first] = denials;
  const codes = [...new Set(denials.map(({ code }) => code))];
  logger.info('Ingress denied', { ...first?.object, uid, operation, isDryRun, codes });
}
