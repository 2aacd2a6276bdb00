/**
 * Duty: what planning a host needs beside the host: the same for every host of one model.
 */
import type { Settings } from '@gatehouse/annotations';
import type { RenderOptions } from '../render-options.ts';
import type { ListenView } from '../templates/server.ts';
import { addressWithPort } from '../tokens/constructors.ts';

export interface PlanContext {
  readonly options: RenderOptions;
  readonly settings: Settings;
  /** A default backend of all hosts answers errors. */
  readonly hasDefaultPages: boolean;
  /** Of every server but the catch-all. */
  readonly listen: readonly ListenView[];
  /** Of the catch-all. */
  readonly defaultListen: readonly ListenView[];
}

/** The context of all models with these settings. */
export function planContext(
  options: RenderOptions,
  { settings, hasDefaultPages }: Pick<PlanContext, 'hasDefaultPages' | 'settings'>,
): PlanContext {
  const { capabilities } = options;
  const asParameter = settings.http2 && capabilities.http2 && !capabilities.http2Directive;
  const plain = options.http.map((at) => ({
    address: addressWithPort(at.address, at.port),
    ssl: false,
    http2: false,
    isDefault: false,
  }));
  const tls = capabilities.ssl ? options.https : [];
  const encrypted = tls.map((at) => ({
    address: addressWithPort(at.address, at.port),
    ssl: true,
    http2: asParameter,
    isDefault: false,
  }));
  const { proxyProtocol } = settings.clients;
  const listen = [...plain, ...encrypted].map((view) => ({ ...view, proxyProtocol }));
  const defaultListen = listen.map((view) => ({ ...view, isDefault: true }));
  return { options, settings, hasDefaultPages, listen, defaultListen };
}

/** Whether nginx reads certificates at each handshake, not only with its configuration. */
export function readsCertificatesLive(options: RenderOptions): boolean {
  return servesTls(options) && options.capabilities.certificateCache && options.workersReadKeys === true;
}

/** Whether nginx listens for TLS at all, and so needs certificates. */
export function servesTls(options: RenderOptions): boolean {
  return options.capabilities.ssl && options.https.length > 0;
}
