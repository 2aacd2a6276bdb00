/**
 * Duty: a running default backend, within whatever process starts it.
 */
import { createMetricsRegistry, serve, type HttpLimits, type Serving } from '@gatehouse/http';
import type { Logger } from '@gatehouse/pipeline';
import { createErrorApp } from './error-app.ts';

export interface DefaultBackendOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** 0 takes a free port; equal to `port` serves both on one. */
  readonly healthPort: number;
  readonly brandName: string;
  readonly logger: Logger;
  /** What differs from the limits that every server of ours has. */
  readonly limits?: Partial<HttpLimits>;
}

/** Listens when the promise resolves. Rejects when a port cannot be had. */
export async function startDefaultBackend(options: DefaultBackendOptions): Promise<Serving> {
  const { host, port, healthPort, logger, limits } = options;
  const metrics = createMetricsRegistry();
  return serve({
    app: createErrorApp({ ...options, metrics }),
    host,
    port,
    healthPort,
    logger,
    ...(limits === undefined ? {} : { limits }),
    health: { unreadyReasons: () => [], metrics },
    // The proxy asks for the page of an error at whatever URL; that must never be answered 200.
    isHealthCheck: ({ headers }) => headers['x-code'] === undefined,
  });
}
