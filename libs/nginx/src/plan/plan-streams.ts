/**
 * Duty: the TCP and UDP ports of the model as nginx serves them, or the Problem that says why this nginx does not.
 */
import type { Problem } from '@gatehouse/core';
import type { Model, Stream } from '@gatehouse/routing';
import type { RenderOptions } from '../render-options.ts';
import type { StreamHeadView, StreamView } from '../templates/stream.ts';
import {
  addressWithPort,
  duration,
  fileName,
  integer,
  keyword,
  network,
  resolverAddress,
} from '../tokens/constructors.ts';
import { upstreamBlock } from '../tokens/own-names.ts';
import type { NginxToken } from '../tokens/token.ts';
import { planEndpointDns } from './endpoint-dns.ts';
import { upstreamOf, type Upstream } from './names.ts';
import { reachBackend } from './plan-backend.ts';

export interface StreamsPlan {
  /** Undefined when nginx listens on no such port; then there is no stream block. */
  readonly head: StreamHeadView | undefined;
  readonly streams: readonly { readonly stream: Stream; readonly view: StreamView; readonly upstream?: Upstream }[];
  readonly problems: readonly Problem[];
}

/** The module that the stream block needs, when it is in a file. */
export function streamModule({ streams }: StreamsPlan, { capabilities }: RenderOptions): NginxToken | undefined {
  const { stream } = capabilities;
  return streams.length > 0 && stream.kind === 'loadable' ? fileName(stream.file) : undefined;
}

export function planStreams(model: Model, options: RenderOptions): StreamsPlan {
  const problems: Problem[] = [];
  const streams = model.streams.flatMap((stream) => {
    const planned = planStream(stream, model, options);
    if (planned.problem !== undefined) problems.push(planned.problem);
    return planned.view === undefined ? [] : [{ ...planned, view: planned.view, stream }];
  });
  const takesProxyProtocol = streams.some(({ stream }) => stream.takesProxyProtocol);
  const head = streams.length === 0 ? undefined : planHead(model, options, takesProxyProtocol ? 'read' : 'absent');
  return { head, streams, problems };
}

function planHead({ settings }: Model, options: RenderOptions, proxyProtocol: 'absent' | 'read'): StreamHeadView {
  const { streams, routes, clients } = settings;
  // Routes are closed while a setting that protects is malformed; whom to believe may be that setting.
  const trusts = proxyProtocol === 'read' && routes.closedBecause === undefined;
  return {
    hasAccessLog: settings.accessLog,
    resolver: planResolver(options),
    trusted: trusts ? clients.trustedNetworks.map(network) : [],
    idleTimeout: duration(streams.idleTimeoutMs),
    connectTimeout: duration(routes.connectTimeoutMs),
    triesNext: keyword(streams.triesNext ? 'on' : 'off'),
    triesTimeout: duration(streams.triesTimeoutMs),
    tries: integer(streams.tries),
  };
}

/** Whoever tells endpoints holds each question for a while. */
function planResolver(options: RenderOptions): StreamHeadView['resolver'] {
  const { resolvers = [] } = options;
  const endpointDns = planEndpointDns(options);
  if (endpointDns !== undefined) return { addresses: [endpointDns.address], timeout: duration(30_000) };
  return resolvers.length === 0 ? undefined : { addresses: resolvers.map(resolverAddress), timeout: duration(5000) };
}

interface PlannedStream {
  readonly view?: StreamView;
  readonly upstream?: Upstream;
  readonly problem?: Problem;
}

function planStream(stream: Stream, { settings }: Model, options: RenderOptions): PlannedStream {
  const { backend, port, transport } = stream;
  const missing = missingModule(stream, options);
  if (missing !== undefined) return { problem: problem(stream, 'StreamNeedsModule', missing) };
  const reach = reachBackend(backend, options);
  // Where endpoints stand in the configuration: without one, nobody is to listen.
  if (reach.kind === 'unavailable') return {};
  if (reach.kind === 'unresolvable') {
    const message = `no DNS server is known that could resolve the ExternalName ${reach.name}`;
    return { problem: problem(stream, 'ResolverMissing', message) };
  }
  const upstream = reach.kind === 'upstream' ? upstreamOf(backend, 'stream') : undefined;
  return {
    ...(upstream === undefined ? {} : { upstream }),
    view: {
      upstream: upstream && { name: upstreamBlock(upstream.name) },
      resolved: reach.kind === 'resolved' ? reach.address : undefined,
      listen: listenAddresses(options).map((address) => ({
        address: addressWithPort(address, port),
        udp: transport === 'UDP',
        proxyProtocol: stream.takesProxyProtocol,
      })),
      udpAnswers: transport === 'UDP' ? integer(settings.streams.udpAnswers) : undefined,
      sendsProxyProtocol: stream.sendsProxyProtocol,
    },
  };
}

/** Those of HTTP, once each. */
function listenAddresses({ http, https }: RenderOptions): readonly string[] {
  return [...new Set((http.length > 0 ? http : https).map(({ address }) => address))];
}

function missingModule({ takesProxyProtocol }: Stream, { capabilities }: RenderOptions): string | undefined {
  if (capabilities.stream.kind === 'absent') {
    return `the running nginx ${capabilities.version} has no stream module (Debian has it in libnginx-mod-stream)`;
  }
  if (takesProxyProtocol && !capabilities.streamRealIp) {
    return `the running nginx ${capabilities.version} was built without --with-stream_realip_module`;
  }
  return undefined;
}

function problem({ origin }: Stream, code: Problem['code'], message: string): Problem {
  return { code, object: origin.object, field: origin.field, message };
}
