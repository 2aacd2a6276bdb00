/**
 * Duty: what probes and Prometheus ask: /healthz, /readyz, /metrics. Must not know what the program does.
 */
import type { Logger } from '@gatehouse/pipeline';
import type { Express } from 'express';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { answerErrors } from './answer-errors.ts';
import { createHttpApp } from './http-app.ts';

export interface HealthOptions {
  /** Why the program cannot serve now, one sentence each; none means ready. */
  readonly unreadyReasons: () => readonly string[];
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
 * GET /healthz: 200 while the process answers at all. GET /readyz: 200, or 503 with the reasons. GET /metrics: the
 * registry in the text format of Prometheus. Everything else is 404.
 */
export function createHealthApp({ unreadyReasons, metrics, logger }: HealthOptions): Express {
  const app = createHttpApp();
  app.get('/healthz', (_request, response) => {
    response.set('Cache-Control', 'no-store').type('text/plain').send('ok\n');
  });
  app.get('/readyz', (_request, response) => {
    const reasons = unreadyReasons();
    response
      .status(reasons.length === 0 ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .type('text/plain')
      .send(reasons.length === 0 ? 'ok\n' : `${reasons.join('\n')}\n`);
  });
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', metrics.contentType).send(await metrics.metrics());
  });
  app.use((_request, response) => {
    response.status(404).type('text/plain').send('not found\n');
  });
  app.use(answerErrors(logger));
  return app;
}
