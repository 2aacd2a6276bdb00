/**
 * Duty: an app and its health checks, on two ports or on one, begun and ended together.
 */
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Logger } from '@gatehouse/pipeline';
import { createHealthApp, HEALTH_PATHS, type HealthOptions } from './health.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import type { HttpLimits } from './limits.ts';
import type { TlsIdentity } from './tls-options.ts';

export interface ServeOptions {
  readonly app: RequestListener;
  readonly tls?: TlsIdentity;
  /** See `HttpServerOptions.clientCaPem`. */
  readonly clientCaPem?: string;
  readonly limits?: Partial<HttpLimits>;
  /** See `HttpServerOptions.answersFrom`; the health checks on a port of their own do not mind. */
  readonly answersFrom?: 'headers' | 'whole requests';
  readonly logger: Logger;
  /** The address that both ports are opened on; empty for every address. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** 0 takes a free port; the same as `port` (and not 0) serves the health checks beside the app, before it. */
  readonly healthPort: number;
  readonly health: Omit<HealthOptions, 'logger'>;
  /** How long the app is served on at the end, not ready, when the grace period allows it. See `HttpServer.close`. */
  readonly servingOnMs?: number;
  /** With both on one port: which requests may be health checks at all; every one when it is left out. */
  readonly isHealthCheck?: (request: IncomingMessage) => boolean;
}

export interface Serving {
  readonly port: number;
  readonly healthPort: number;
  /** See `HttpServer.setIdentity`. */
  setIdentity(tls: TlsIdentity): void;
  /** See `HttpServer.setClientCa`. */
  setClientCa(clientCaPem: string): void;
  /** Not ready at once; then stops listening, lets requests end, and cuts off what runs after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Listens on both ports, or on none: throws when one cannot be had. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const state = { closing: false };
  const healthApp = createHealthApp({
    ...options.health,
    logger: options.logger,
    unreadyReasons: () => (state.closing ? ['shutting down'] : options.health.unreadyReasons()),
  });
  const { host, port, healthPort, limits, logger } = options;
  const shared = healthPort === port && port !== 0;
  const common = { logger, ...(limits === undefined ? {} : { limits }) };
  const main = createHttpServer({
    ...common,
    app: shared ? beside(healthApp, options) : options.app,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(options.clientCaPem === undefined ? {} : { clientCaPem: options.clientCaPem }),
    ...(options.answersFrom === undefined ? {} : { answersFrom: options.answersFrom }),
  });
  let health: HttpServer | undefined;
  const mainPort = await main.listen({ host, port });
  let openedHealthPort = mainPort;
  if (!shared) {
    // Closed last, so that probes see "shutting down" while requests end.
    health = createHttpServer({ ...common, app: healthApp });
    openedHealthPort = await health.listen({ host, port: healthPort }).catch(async (error: unknown) => {
      await main.close(0);
      throw error;
    });
  }
  return {
    port: mainPort,
    healthPort: openedHealthPort,
    setIdentity: (tls) => main.setIdentity(tls),
    setClientCa: (clientCaPem) => main.setClientCa(clientCaPem),
    close: async (graceMs) => {
      state.closing = true;
      await main.close(graceMs, Math.min(graceMs, options.servingOnMs ?? 0));
      await health?.close(graceMs);
    },
  };
}

/** Decided before any app sees the request, so that the app alone decides about all the rest. */
function beside(healthApp: RequestListener, { app, isHealthCheck }: ServeOptions): RequestListener {
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const isAsked = HEALTH_PATHS.includes(path) && isHealthCheck?.(request) !== false;
    (isAsked ? healthApp : app)(request, response);
  };
}
