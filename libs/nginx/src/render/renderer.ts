/**
 * Duty: model → bundle. Remembers what it made of each host and backend, so that the cost of a render follows what has
 * changed since the last one. Same model, same bytes, whatever was rendered before.
 */
import type { Settings } from '@gatehouse/annotations';
import type { Certificate, HostModel, Model } from '@gatehouse/routing';
import type { Bundle } from '../bundle.ts';
import type { RenderOptions } from '../render-options.ts';
import { endpointDnsPort } from '../plan/endpoint-dns.ts';
import { planContext, servesTls, type PlanContext } from '../plan/context.ts';
import type { Upstream } from '../plan/names.ts';
import { isReachable } from '../plan/plan-backend.ts';
import { DEFAULT_ERROR_BACKEND, errorBackendName } from '../plan/plan-error-pages.ts';
import { errorSocket } from '../plan/plan-errors.ts';
import { certificateFileName } from '../plan/plan-host.ts';
import { needsSharedCertificate, planHttp } from '../plan/plan-http.ts';
import { planTicketKeys } from '../plan/plan-ticket-keys.ts';
import { planStreams, streamModule } from '../plan/plan-streams.ts';
import { renderHttp } from '../templates/http.ts';
import { assemble, type Pieces } from './assemble.ts';
import {
  eachOnce,
  renderErrorServer,
  renderHost,
  renderUpstreamBlock,
  type ErrorsChunk,
  type HostChunk,
} from './chunk.ts';
import type { ConfigParts } from './config-parts.ts';
import { liveCertificates, type LiveCertificates } from './live-certificates.ts';
import { renderStreams } from './stream-parts.ts';

export interface Renderer {
  /**
   * The configuration for a model. Pure but for what is remembered. `running`: the digest of what runs; left out, or when it
   * is none of this renderer's, that is taken to be what was rendered last.
   */
  render(model: Model, running?: string): Bundle;
}

/** A renderer for one machine. */
export function createRenderer(options: RenderOptions): Renderer {
  const certificatesOf = liveCertificates(options);
  let memory: Memory | undefined;
  let last: ConfigParts | undefined;
  let running: ConfigParts | undefined;
  return {
    render(model, runningDigest) {
      memory = memoryFor(model, options, memory);
      // Between two that run there may be others: those that nginx refuses, or that wait.
      if (running === undefined || running.digest !== runningDigest) running = last;
      const { bundle, parts } = assemble(piecesOf(model, certificatesOf(model), memory), options, running);
      last = parts;
      return bundle;
    },
  };
}

/** What was made under the same settings; every host's text depends on them. */
interface Memory {
  readonly settings: Settings;
  readonly settingsText: string;
  readonly context: PlanContext;
  readonly hosts: WeakMap<HostModel, HostChunk>;
  readonly upstreamTexts: WeakMap<Upstream, string>;
}

function memoryFor({ settings, defaultBackend }: Model, options: RenderOptions, last: Memory | undefined): Memory {
  const hasDefaultPages = defaultBackend !== undefined && isReachable(defaultBackend, options);
  const isAsLast = last?.context.hasDefaultPages === hasDefaultPages;
  if (isAsLast && last.settings === settings) return last;
  const settingsText = JSON.stringify(settings);
  if (isAsLast && last.settingsText === settingsText) return { ...last, settings };
  return {
    settings,
    settingsText,
    context: planContext(options, { settings, hasDefaultPages }),
    hosts: new WeakMap(),
    upstreamTexts: new WeakMap(),
  };
}

function piecesOf(model: Model, live: LiveCertificates | undefined, memory: Memory): Pieces {
  const { options } = memory.context;
  const streams = planStreams(model, options);
  const hosts = model.hosts.map((host) => rememberHost(host, model.defaultCertificate, memory));
  const errors = errorServer(model, hosts, memory);
  const http = planHttp(model, options, {
    streamModule: streamModule(streams, options),
    errorSocket: errors && errorSocket(options),
    certificates: live?.plan,
    context: memory.context,
  });
  const shared = needsSharedCertificate(model) ? model.defaultCertificate : undefined;
  return {
    http: renderHttp(http),
    live,
    upstreams: eachOnce([...hosts, ...(errors === undefined ? [] : [errors])].flatMap((one) => one.upstreams)),
    hosts,
    errors: errors?.text ?? '',
    streams: renderStreams(streams, { context: memory.context, upstreamText: rememberingUpstreams(memory) }),
    certificates: certificatesReadWith([...hosts.map(({ certificate }) => certificate), shared], options),
    ticketKeys: planTicketKeys(model, options),
    problems: [...hosts.flatMap((host) => host.problems), ...streams.problems],
  };
}

function rememberHost(host: HostModel, defaultCertificate: Certificate | undefined, memory: Memory): HostChunk {
  // There is one catch-all, and its text depends on more than the host.
  const make = (): HostChunk => {
    return renderHost(host, {
      context: memory.context,
      defaultCertificate,
      upstreamText: rememberingUpstreams(memory),
    });
  };
  return host.name === '' ? make() : remember(memory.hosts, host, make);
}

/** Undefined when no host asks for it. */
function errorServer({ defaultBackend }: Model, hosts: readonly HostChunk[], memory: Memory): ErrorsChunk | undefined {
  const { context } = memory;
  const backends = new Map(context.hasDefaultPages && defaultBackend ? [[DEFAULT_ERROR_BACKEND, defaultBackend]] : []);
  for (const { errorBackends } of hosts) {
    for (const backend of errorBackends) backends.set(errorBackendName(backend), backend);
  }
  if (backends.size === 0 && endpointDnsPort(context.options) === undefined) return undefined;
  return renderErrorServer(backends, { context, upstreamText: rememberingUpstreams(memory) });
}

function rememberingUpstreams({ upstreamTexts, context }: Memory): (upstream: Upstream) => string {
  return (upstream) => remember(upstreamTexts, upstream, () => renderUpstreamBlock(upstream, context));
}

function remember<Key extends object, Value>(known: WeakMap<Key, Value>, key: Key, make: () => Value): Value {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    known.set(key, value);
  }
  return value;
}

function certificatesReadWith(
  used: readonly (Certificate | undefined)[],
  options: RenderOptions,
): ReadonlyMap<string, Certificate> {
  const certificates = new Map<string, Certificate>();
  if (!servesTls(options)) return certificates;
  for (const certificate of used) {
    if (certificate !== undefined) certificates.set(certificateFileName(certificate), certificate);
  }
  return certificates;
}
