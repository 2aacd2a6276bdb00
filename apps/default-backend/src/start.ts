/**
 * Duty: a running default backend, within whatever process starts it.
 */
import { defaultBrand, type Brand } from '@gatehouse/error-pages';
import { createMetricsRegistry, serve, type HttpLimits, type Serving } from '@gatehouse/http';
import type { Logger } from '@gatehouse/pipeline';
import { createAccessLog } from './access-log.ts';
import { createErrorApp, isBare } from './error-app.ts';
import { startLiveBrand } from './live-brand.ts';
import { networksOf, TRUSTED_PROXIES, type NetworkName } from './networks.ts';
import type { Believed } from './reported-error.ts';

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
  /** Whose headers are believed; those of `TRUSTED_PROXIES` when it is left out. */
  readonly trustedProxies?: readonly NetworkName[];
  /** Which clients see more than a reference number; none when it is left out. */
  readonly detailsNetworks?: readonly NetworkName[];
  /** Seconds; 0, or left out, tells none. */
  readonly retryAfter429?: number;
  readonly retryAfter503?: number;
  readonly logger: Logger;
  /** Gets a line for each answer; left out, there are none. */
  readonly accessLogger?: Logger | undefined;
  /** What differs from the limits that a default backend has. */
  readonly limits?: Partial<HttpLimits>;
}

/**
 * nginx takes request headers of up to 32 KiB (`large_client_header_buffers`), passes them on, and adds the URI and Accept
 * once more; a page for them must not fail because of that. Fewer connections make up for the memory.
 */
const LIMITS: Partial<HttpLimits> = { maxHeaderBytes: 64 * 1024, maxConnections: 1_000 };

/** Listens when the promise resolves. Rejects when a port cannot be had. */
export async function startDefaultBackend(options: DefaultBackendOptions): Promise<Serving> {
  const { host, port, healthPort, logger, accessLogger } = options;
  const metrics = createMetricsRegistry();
  const { brandName: name, design = defaultBrand.design, brandDirectory: directory = '' } = options;
  const brand = await startLiveBrand({ directory, standard: { ...defaultBrand, name, design }, metrics, logger });
  try {
    const app = createErrorApp({
      ...{ metrics, logger, brandFor: (whose) => brand.select(whose), onBrandChange: brand.onChange },
      believed: believed(options),
      retryAfter: { 429: options.retryAfter429 ?? 0, 503: options.retryAfter503 ?? 0 },
      accessLog: accessLogger === undefined ? undefined : createAccessLog(accessLogger),
    });
    const serving = await serve({
      ...{ app, host, port, healthPort, logger, answersFrom: 'headers' },
      limits: { ...LIMITS, ...options.limits },
      health: { unreadyReasons: () => [], metrics },
      // The proxy asks for the page of an error at whatever URL; that must never be answered 200.
      isHealthCheck: isBare,
    });
    return { ...serving, close: (graceMs) => serving.close(graceMs).finally(() => brand.close()) };
  } catch (error) {
    await brand.close();
    throw error;
  }
}

function believed({ trustedProxies = TRUSTED_PROXIES, detailsNetworks = [] }: DefaultBackendOptions): Believed {
  return {
    proxies: networksOf(trustedProxies),
    readers: detailsNetworks.length === 0 ? undefined : networksOf(detailsNetworks),
  };
}
