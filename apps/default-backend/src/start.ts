/**
 * Duty: a running default backend, within whatever process starts it.
 */
import { defaultBrand, type Brand } from '@gatehouse/error-pages';
import { createMetricsRegistry, serve, type HttpLimits, type Serving } from '@gatehouse/http';
import type { Logger } from '@gatehouse/pipeline';
import { createErrorApp } from './error-app.ts';
import { startLiveBrand } from './live-brand.ts';

export interface DefaultBackendOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** 0 takes a free port; equal to `port` serves both on one. */
  readonly healthPort: number;
  /** The name on the pages unless the brand directory has one. */
  readonly brandName: string;
  readonly design?: Brand['design'];
  /** Where brand.yaml is; empty or left out for the built-in brand. */
  readonly brandDirectory?: string;
  readonly logger: Logger;
  /** What differs from the limits that every server of ours has. */
  readonly limits?: Partial<HttpLimits>;
}

/** Listens when the promise resolves. Rejects when a port cannot be had. */
export async function startDefaultBackend(options: DefaultBackendOptions): Promise<Serving> {
  const { host, port, healthPort, logger, limits } = options;
  const metrics = createMetricsRegistry();
  const { brandName: name, design = defaultBrand.design, brandDirectory: directory = '' } = options;
  const brand = await startLiveBrand({ directory, standard: { ...defaultBrand, name, design }, metrics, logger });
  try {
    const serving = await serve({
      app: createErrorApp({ brand, metrics, logger }),
      host,
      port,
      healthPort,
      logger,
      ...(limits === undefined ? {} : { limits }),
      health: { unreadyReasons: () => [], metrics },
      // The proxy asks for the page of an error at whatever URL; that must never be answered 200.
      isHealthCheck: ({ headers }) => headers['x-code'] === undefined,
    });
    return { ...serving, close: (graceMs) => serving.close(graceMs).finally(() => brand.close()) };
  } catch (error) {
    await brand.close();
    throw error;
  }
}
