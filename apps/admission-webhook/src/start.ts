/**
 * Duty: a running admission webhook, within whatever process starts it.
 */
import { AdmissionIndex, createReviewer } from '@gatehouse/admission';
import { createMetricsRegistry, serve, type HttpLimits, type Serving } from '@gatehouse/http';
import { systemClock } from '@gatehouse/logging';
import type { Logger } from '@gatehouse/pipeline';
import { defaultRoutingOptions, type RoutingOptions } from '@gatehouse/routing';
import { createAdmissionApp } from './admission-app.ts';
import type { ClientAuthority } from './clients/client-authority.ts';
import type { Review } from './decide.ts';
import { addIdentityMetrics } from './identity/identity-metrics.ts';
import { memoryIdentity } from './identity/memory-identity.ts';
import type { WebhookIdentity } from './identity/webhook-identity.ts';
import { defaultIntakeLimits, type IntakeLimits } from './intake.ts';
import { WorldSize } from './world-size.ts';
import { manifestWorld, type World } from './world.ts';

interface Listening {
  /** The address of both ports; empty is every address. */
  readonly host: string;
  /** HTTPS; 0 takes a free port. */
  readonly port: number;
  /** Plain HTTP; 0 takes a free port. */
  readonly healthPort: number;
  /** What differs from the limits that every server of ours has. */
  readonly limits?: Partial<HttpLimits>;
  /** The certificate, started and stopped with the webhook; left out: one of its own, in memory. */
  readonly identity?: WebhookIdentity;
  /** Who may ask, stopped with the webhook; everybody when it is left out. */
  readonly clients?: ClientAuthority;
  /** What differs from `defaultIntakeLimits`. */
  readonly intake?: Partial<IntakeLimits>;
  /** See `DecideOptions`. */
  readonly documentationUrl?: string;
  /** The Pod that it runs in, when it runs in one. */
  readonly pod?: { readonly namespace: string; readonly name: string };
  readonly logger: Logger;
}

export interface ServeAdmissionOptions extends Listening {
  /** The world that candidates are judged in; started and stopped with the webhook. */
  readonly world: World;
  /**
   * `first`: the world is known, or the start fails, before anything listens. `later`: it may take its time, as an API
   * server that cannot be reached does; until then the webhook is alive, not ready, and judges nothing.
   */
  readonly worldIsKnown: 'first' | 'later';
  readonly routing: RoutingOptions;
}

export interface AdmissionWebhookOptions extends Listening {
  /** Directories and files of YAML, or `-`, that are the world. */
  readonly manifests: readonly string[];
  /** How objects are read; the flags' defaults when it is left out. */
  readonly routing?: RoutingOptions;
}

export interface AdmissionWebhook extends Pick<Serving, 'close' | 'healthPort' | 'port'> {
  /** What clients have to trust now. */
  readonly caPem: string;
}

/** No API server has refused anything in files or filled it in. */
const routingForFiles: RoutingOptions = {
  ...defaultRoutingOptions,
  classObjectsOptional: true,
  allowLoopbackEndpoints: true,
};
/** An API server makes one for each of the reviews that it asks for at once, and there are several of them. */
const MAX_CONNECTIONS = 512;
/** API servers keep their connections; in this time they learn to make new ones elsewhere. */
const SERVING_ON_MS = 3000;
const NOT_KNOWN = 'the objects of the cluster have not been read yet';

/** The webhook over a directory of YAML, which is followed. Rejects when it is not there or a port cannot be had. */
export function startAdmissionWebhook(options: AdmissionWebhookOptions): Promise<AdmissionWebhook> {
  const { manifests: paths, logger, routing = routingForFiles } = options;
  return serveAdmission({ ...options, routing, worldIsKnown: 'first', world: manifestWorld(paths, logger) });
}

/** Rejects, and leaves nothing open, when a port cannot be had. */
export async function serveAdmission(options: ServeAdmissionOptions): Promise<AdmissionWebhook> {
  const { world, logger, clients } = options;
  const { identity = memoryIdentity({ clock: systemClock, logger }) } = options;
  const index = new AdmissionIndex(options.routing);
  const size = new WorldSize();
  const reviewer = createReviewer(options.routing);
  const review: Review = (request) => reviewer.review(request, { index, nowMs: Date.now() });
  const stop = async (): Promise<void> => {
    clients?.stop();
    await Promise.all([world.stop(), identity.stop()]);
  };
  try {
    let isKnown = false;
    const started = world
      .start((before, now) => {
        index.change(before, now);
        size.change(before, now);
      })
      .then(() => {
        isKnown = true;
      });
    if (options.worldIsKnown === 'first') await started;
    else started.catch((error: unknown) => logger.error('The objects cannot be read', { error }));
    await identity.start();
    const whyUnready = (): string | undefined => (isKnown ? undefined : NOT_KNOWN);
    const serving = await listen(options, { review, identity, whyUnready, size });
    return {
      port: serving.port,
      healthPort: serving.healthPort,
      get caPem() {
        return identity.trusted();
      },
      close: async (graceMs) => {
        await serving.close(graceMs);
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Parts {
  readonly review: Review;
  readonly identity: WebhookIdentity;
  readonly whyUnready: () => string | undefined;
  readonly size: WorldSize;
}

async function listen(options: ServeAdmissionOptions, { review, identity, whyUnready, size }: Parts): Promise<Serving> {
  const { host, port, healthPort, logger, limits, clients } = options;
  const metrics = createMetricsRegistry();
  addIdentityMetrics(metrics, identity);
  const serving = await serve({
    app: createAdmissionApp({
      review,
      ...(options.documentationUrl === undefined ? {} : { documentationUrl: options.documentationUrl }),
      whyUnready,
      ...(clients === undefined ? {} : { clientNames: clients.names }),
      limits: { ...defaultIntakeLimits, ...options.intake },
      metrics: {
        registry: metrics,
        objectCounts: () => size.counts(),
        former: {
          controllerClass: options.routing.controllerClass,
          namespace: options.pod?.namespace ?? '',
          pod: options.pod?.name ?? '',
        },
      },
      logger,
      clock: systemClock,
    }),
    tls: identity.current(),
    ...(clients === undefined ? {} : { clientCaPem: clients.current() }),
    limits: { maxConnections: MAX_CONNECTIONS, ...limits },
    host,
    port,
    healthPort,
    logger,
    servingOnMs: SERVING_ON_MS,
    health: {
      unreadyReasons: () => [whyUnready(), identity.whyUnready()].filter((reason) => reason !== undefined),
      metrics,
    },
  });
  clients?.onChange(() => serving.setClientCa(clients.current()));
  identity.onChange(() => serving.setIdentity(identity.current()));
  // It may have changed while the ports were opened.
  serving.setIdentity(identity.current());
  return serving;
}
