/**
 * Duty: putting the pieces of a configuration together: its files, its digest, the way to it, whose each line is.
 */
import type { Problem } from '@gatehouse/core';
import type { Certificate } from '@gatehouse/routing';
import type { Bundle } from '../bundle.ts';
import { readsCertificatesLive } from '../plan/context.ts';
import { planEndpointZone } from '../plan/endpoint-dns.ts';
import { DEFAULT_LINK } from '../plan/plan-certificates.ts';
import type { RenderOptions } from '../render-options.ts';
import { renderEndpointZone, renderWarmUp } from '../templates/endpoint-dns.ts';
import { renderProof, type ProofView } from '../templates/proof.ts';
import { renderStatus } from '../templates/status.ts';
import { addressWithPort, fileName, unixSocket } from '../tokens/constructors.ts';
import { digestToken, linkedKey } from '../tokens/own-names.ts';
import type { NginxToken } from '../tokens/token.ts';
import { planBridge, type ConfigParts } from './bridge.ts';
import { digestOf, type HostChunk, type UpstreamChunk } from './chunk.ts';
import { lineMap, ofNobody, type MappedText } from './line-map.ts';

/** What a model leads to. Texts are whole lines. */
export interface Pieces {
  /** The main level, and the http block as far as all servers share it. */
  readonly head: string;
  readonly upstreams: readonly UpstreamChunk[];
  readonly hosts: readonly HostChunk[];
  /** The server that asks error backends; empty when there is none. */
  readonly errors: string;
  /** What follows the http block. */
  readonly streams: readonly MappedText[];
  readonly certificates: ReadonlyMap<string, Certificate>;
  /** Undefined when nginx reads certificates with its configuration alone. */
  readonly links: ReadonlyMap<string, Certificate | undefined> | undefined;
  readonly problems: readonly Problem[];
}

/** A bundle, and the parts of it that the way to the next one is made of. */
interface Assembled {
  readonly bundle: Bundle;
  readonly parts: ConfigParts;
}

/** `last`: the parts of what was assembled before. */
export function assemble(pieces: Pieces, options: RenderOptions, last: ConfigParts | undefined): Assembled {
  const { upstreams, certificates, problems } = pieces;
  const links = pieces.links ?? new Map<string, Certificate>();
  const told = toldOf(upstreams);
  const parts = partsOf(pieces, countEndpoints(told), options);
  const warmUp = renderWarmUp({ socket: proofSocket(options), digest: digestToken(parts.digest) });
  const bridge = planBridge(last, parts, warmUp);
  const texts = (): readonly MappedText[] => mappedTexts(pieces, parts, renderProof(planProof(parts.digest, options)));
  let files: ReadonlyMap<string, string> | undefined;
  const bundle: Bundle = {
    digest: parts.digest,
    ...(bridge === undefined ? {} : { bridge }),
    told,
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
    certificateLinks: links,
    linksDigest: digestOf([...links].map(([name, certificate]) => `${name} ${certificate?.id ?? ''}`).join('\n')),
    originOfLine: lineMap(texts),
    problems,
  };
  return { bundle, parts };
}

type Counts = Parameters<typeof planEndpointZone>[0];

function partsOf(pieces: Pieces, counts: Counts, options: RenderOptions): ConfigParts {
  const { head, upstreams, hosts, errors, certificates, links } = pieces;
  const plannedZone = planEndpointZone(counts, options);
  const zone = plannedZone === undefined ? '' : renderEndpointZone(plannedZone);
  const status = statusText(options);
  const streams = pieces.streams.map(({ text }) => text);
  const digest = digestOf(
    `${head}${zone}${errors}${status}`,
    hosts.map((host) => host.digest).join(''),
    links === undefined ? [...certificates.keys()].join('') : '',
    ...streams,
  );
  return { digest, head, zone, upstreams, servers: [...hosts.map(({ text }) => text), errors, status], streams };
}

function mappedTexts(pieces: Pieces, { zone, servers }: ConfigParts, proof: string): readonly MappedText[] {
  const { head, upstreams, hosts, streams } = pieces;
  const others = servers.slice(hosts.length).map(ofNobody);
  return [
    ofNobody(head),
    ofNobody(zone),
    ...upstreams.map(mappedUpstream),
    ...hosts.map(mappedHost),
    ...others,
    ofNobody(proof),
    ...streams,
  ];
}

/** What nginx is started with, where it has endpoints to learn. */
function startConfig({ head, zone, upstreams }: ConfigParts, warmUp: string): string {
  return [head, zone, ...upstreams.map(({ text }) => text), warmUp].join('');
}

function toldOf(upstreams: readonly UpstreamChunk[]): Bundle['told'] {
  return new Map(upstreams.flatMap(({ name, told }) => (told === undefined ? [] : [[name, told] as const])));
}

function countEndpoints(told: Bundle['told']): Counts {
  let endpoints = 0;
  for (const backend of told.values()) endpoints += backend.endpoints.length;
  return { upstreams: told.size, endpoints };
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
