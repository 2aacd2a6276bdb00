/**
 * Duty: putting the pieces of a configuration together: its files, its digest, the way to it, whose each line is.
 */
import type { Problem } from '@gatehouse/core';
import type { Certificate } from '@gatehouse/routing';
import type { Bundle } from '../bundle.ts';
import { readsCertificatesLive } from '../plan/context.ts';
import { countEndpoints, planEndpointZone, tellsPeers } from '../plan/endpoint-dns.ts';
import { DEFAULT_LINK } from '../plan/plan-certificates.ts';
import type { RenderOptions } from '../render-options.ts';
import { renderEndpointZone, renderNoEndpoints, renderWarmUp } from '../templates/endpoint-dns.ts';
import { renderProof, type ProofView } from '../templates/proof.ts';
import { renderStatus } from '../templates/status.ts';
import { addressWithPort, fileName, unixSocket } from '../tokens/constructors.ts';
import { digestToken, linkedKey } from '../tokens/own-names.ts';
import type { NginxToken } from '../tokens/token.ts';
import { planBridge } from './bridge.ts';
import { digestOf, toldOf, type HostChunk, type UpstreamChunk } from './chunk.ts';
import { causesBetween, type ConfigParts } from './config-parts.ts';
import { lineMap, ofNobody, type MappedText } from './line-map.ts';
import type { LiveCertificates } from './live-certificates.ts';
import { streamBlock, type StreamParts } from './stream-parts.ts';

/** What a model leads to. Texts are whole lines. */
export interface Pieces {
  /** The main level, and the http block as far as all servers share it, but for the map of certificates. */
  readonly http: string;
  /** Undefined when nginx reads certificates with its configuration alone. */
  readonly live: LiveCertificates | undefined;
  readonly upstreams: readonly UpstreamChunk[];
  readonly hosts: readonly HostChunk[];
  /** The server that asks error backends; empty when there is none. */
  readonly errors: string;
  /** What follows the http block. */
  readonly streams: StreamParts;
  readonly certificates: ReadonlyMap<string, Certificate>;
  readonly ticketKeys: ReadonlyMap<string, Uint8Array>;
  readonly problems: readonly Problem[];
}

/** A bundle, and the parts of it that the way to the next one is made of. */
interface Assembled {
  readonly bundle: Bundle;
  readonly parts: ConfigParts;
}

/** `running`: the parts of what runs, as far as that is known. */
export function assemble(pieces: Pieces, options: RenderOptions, running: ConfigParts | undefined): Assembled {
  const { upstreams, streams, live, certificates, ticketKeys, problems } = pieces;
  const told = toldOf(upstreams);
  const parts = partsOf(pieces, told, options);
  const warmUp = renderWarmUp({ socket: proofSocket(options), digest: digestToken(parts.digest) });
  const bridge = planBridge(running, parts, warmUp);
  const texts = (): readonly MappedText[] => mappedTexts(parts, renderProof(planProof(parts.digest, options)));
  let files: ReadonlyMap<string, string> | undefined;
  const bundle: Bundle = {
    digest: parts.digest,
    ...(bridge === undefined ? {} : { bridge }),
    told: streams.upstreams.length === 0 ? told : new Map([...told, ...toldOf(streams.upstreams)]),
    get reloadCauses() {
      return running === undefined ? [] : causesBetween(running, parts);
    },
    // Whoever has this digest already does not ask for them. One join copies the text once; adding strings up would have
    // it copied again by whoever reads it first.
    get files() {
      files ??= new Map([
        [
          'nginx.conf',
          texts()
            .map(({ text }) => text)
            .join(''),
        ],
        ...(parts.zone === '' ? [] : [['start.conf', startConfig(parts, warmUp)] as const]),
      ]);
      return files;
    },
    certificates,
    ticketKeys,
    certificateLinks: live?.plan.links ?? new Map<string, Certificate>(),
    linksDigest: live?.linksDigest ?? '',
    originOfLine: lineMap(texts),
    problems,
  };
  return { bundle, parts };
}

function partsOf(pieces: Pieces, told: Bundle['told'], options: RenderOptions): ConfigParts {
  const { http, live, upstreams, hosts, errors, streams } = pieces;
  const certificateMap = live?.map ?? '';
  const plannedZone = planEndpointZone('http', countEndpoints(told), options);
  const zone = plannedZone === undefined ? '' : renderEndpointZone(plannedZone) + renderNoEndpoints(plannedZone);
  const status = statusText(options);
  const certificates = live === undefined ? [...pieces.certificates.keys()] : [];
  const digest = digestOf(
    `${http}${certificateMap}${zone}${errors}${status}`,
    hosts.map((host) => host.digest).join(''),
    certificates.join(''),
    ...streamBlock(streams).map(({ text }) => text),
  );
  return { digest, http, certificateMap, certificates, zone, upstreams, hosts, errors, status, streams };
}

function mappedTexts(parts: ConfigParts, proof: string): readonly MappedText[] {
  const { http, certificateMap, zone, upstreams, hosts, errors, status, streams } = parts;
  return [
    ...[http, certificateMap, zone].map(ofNobody),
    ...upstreams.map(mappedUpstream),
    ...hosts.map(mappedHost),
    ...[errors, status, proof].map(ofNobody),
    ...streamBlock(streams),
  ];
}

/** What nginx is started with, where it has endpoints to learn. */
function startConfig({ http, certificateMap, zone, upstreams, streams }: ConfigParts, warmUp: string): string {
  const learning = streamBlock({ ...streams, servers: [] });
  return [http, certificateMap, zone, ...[...upstreams, ofNobody(warmUp), ...learning].map(({ text }) => text)].join(
    '',
  );
}

function proofSocket({ runtimeDirectory }: RenderOptions): NginxToken {
  return unixSocket(`${runtimeDirectory}/proxy/proof.sock`);
}

function planProof(digest: string, options: RenderOptions): ProofView {
  const { runtimeDirectory } = options;
  const keys = {
    socket: unixSocket(`${runtimeDirectory}/proxy/tls.sock`),
    proven: linkedKey(runtimeDirectory, '$gatehouse_proven_key'),
    needed: fileName(`${runtimeDirectory}/keys/${DEFAULT_LINK}`),
  };
  return {
    socket: proofSocket(options),
    digest: digestToken(digest),
    keys: readsCertificatesLive(options) ? keys : undefined,
    tellsPeers: tellsPeers(options),
  };
}

function statusText({ statusPort, capabilities }: RenderOptions): string {
  if (statusPort === undefined) return '';
  return renderStatus({ address: addressWithPort('127.0.0.1', statusPort), counts: capabilities.stubStatus });
}

function mappedHost({ text, origins }: HostChunk): MappedText {
  return { text, origin: origins.find((origin) => origin !== undefined), locationOrigins: origins };
}

function mappedUpstream({ text, origin }: UpstreamChunk): MappedText {
  return { text, origin, locationOrigins: [] };
}
