/**
 * Duty: what probes and Prometheus ask: /healthz, /readyz, /metrics. Must not know what the program does.
 */
import type { Logger } from '@gatehouse/pipeline';
import type { Express, RequestHandler } from 'express';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { answerErrors } from './answer-errors.ts';
import { createHttpApp } from './http-app.ts';

export interface HealthOptions {
  /** Why the program cannot serve now, one sentence each; none means ready. */
  readonly unreadyReasons: () => readonly string[];
  /** Why the program is not to be called alive, one sentence each; left out, it always is. */
  readonly ailments?: () => readonly string[];
  /** Another path that answers as /healthz does; of letters, digits, and `/ . _ ~ -` alone. */
  readonly healthPath?: string;
  readonly metrics: Registry;
  readonly logger: Logger;
}

/** What the app below answers. */
export const HEALTH_PATHS: readonly string[] = ['/healthz', '/readyz', '/metrics'];

/** A registry of its own, with what prom-client knows of the process (memory, event loop, garbage collection). */
export function createMetricsRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/**
 * GET /healthz: 200 while the process answers at all, or 503 with its ailments. GET /readyz: 200, or 503 with the
 * reasons. GET /metrics: the registry in the text format of Prometheus. Everything else is 404.
 */
export function createHealthApp(options: HealthOptions): Express {
  const { unreadyReasons, ailments = () => [], healthPath = '/healthz', metrics, logger } = options;
  const app = createHttpApp();
  app.get('/healthz', answering(ailments));
  app.get('/readyz', answering(unreadyReasons));
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', metrics.contentType).send(await metrics.metrics());
  });
  // Last, so that it takes the place of none of the others.
  app.get(healthPath, answering(ailments));
  app.use((_request, response) => {
    response.status(404).type('text/plain').send('not found\n');
  });
  app.use(answerErrors(logger));
  return app;
}

/** 200 when there is no reason against it. */
function answering(reasonsNow: () => readonly string[]): RequestHandler {
  return (_request, response) => {
    const reasons = reasonsNow();
    response
      .status(reasons.length === 0 ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .type('text/plain')
      .send(reasons.length === 0 ? 'ok\n' : `${reasons.join('\n')}\n`);
  };
}
