/**
 * Duty: pieces of nginx.conf that are made once and kept: one for each host, one for each backend.
 */
import { hash } from 'node:crypto';
import type { Problem } from '@gatehouse/core';
import type { Backend, Certificate, HostModel, Origin } from '@gatehouse/routing';
import type { PlanContext } from '../plan/context.ts';
import type { Upstream } from '../plan/names.ts';
import { planErrors } from '../plan/plan-errors.ts';
import { planHost } from '../plan/plan-host.ts';
import { hasEndpointsByDns, planUpstream } from '../plan/plan-backend.ts';
import { renderErrors } from '../templates/errors.ts';
import { renderServer } from '../templates/server.ts';
import { renderUpstream } from '../templates/upstream.ts';

/** The server block of a host, with the upstream blocks that it needs. Texts are whole lines. */
export interface HostChunk {
  readonly text: string;
  readonly upstreams: readonly UpstreamChunk[];
  /** Names of those that it would need if their backends had endpoints. */
  readonly idle: readonly string[];
  /** Over the text and those of the upstreams. */
  readonly digest: string;
  /** Of each location in the text, in order. */
  readonly origins: readonly (Origin | undefined)[];
  /** Those that routes name for their errors. */
  readonly errorBackends: readonly Backend[];
  readonly certificate: Certificate | undefined;
  readonly problems: readonly Problem[];
}

export interface UpstreamChunk {
  readonly name: string;
  readonly text: string;
  /** Whose endpoints come by DNS; undefined when they are in the text. */
  readonly told: Backend | undefined;
  /** The first one of the host who asks for it. */
  readonly origin: Origin | undefined;
}

/** The chunk of a host. `upstreamText` writes the block of an upstream. */
export function renderHost(
  host: HostModel,
  { context, defaultCertificate, upstreamText }: HostSurroundings,
): HostChunk {
  const { view, upstreams: uses, ...rest } = planHost(host, context, defaultCertificate);
  const text = renderServer(view);
  const chunkOf = upstreamChunks({ context, upstreamText });
  const upstreams = uses.map(({ upstream, origin }) => chunkOf(upstream, origin));
  const digest = digestOf(text, ...upstreams.map((upstream) => upstream.text));
  return { text, upstreams, digest, ...rest };
}

export interface HostSurroundings {
  readonly context: PlanContext;
  /** For the catch-all. */
  readonly defaultCertificate: Certificate | undefined;
  readonly upstreamText: (upstream: Upstream) => string;
}

/** The server of error pages, with the upstream blocks that it needs. */
export interface ErrorsChunk {
  readonly text: string;
  readonly upstreams: readonly UpstreamChunk[];
}

/** The server that asks `backends` for pages, by the names that hosts call them by. */
export function renderErrorServer(
  backends: ReadonlyMap<string, Backend>,
  { context, upstreamText }: Omit<HostSurroundings, 'defaultCertificate'>,
): ErrorsChunk {
  const { view, upstreams } = planErrors(backends, context);
  return {
    text: renderErrors(view),
    upstreams: upstreams.map((upstream) => upstreamChunks({ context, upstreamText })(upstream, undefined)),
  };
}

export function upstreamChunks({ context, upstreamText }: Omit<HostSurroundings, 'defaultCertificate'>) {
  return (upstream: Upstream, origin: Origin | undefined): UpstreamChunk => ({
    name: upstream.name,
    text: upstreamText(upstream),
    told: hasEndpointsByDns(upstream, context.options) ? upstream.backend : undefined,
    origin,
  });
}

/** In the order of their first use. */
export function eachOnce(uses: readonly UpstreamChunk[]): readonly UpstreamChunk[] {
  const seen = new Set<string>();
  return uses.filter(({ name }) => {
    const isNew = !seen.has(name);
    seen.add(name);
    return isNew;
  });
}

/** Whose endpoints come by DNS, by the names of their upstreams. */
export function toldOf(upstreams: readonly UpstreamChunk[]): ReadonlyMap<string, Backend> {
  return new Map(upstreams.flatMap(({ name, told }) => (told === undefined ? [] : [[name, told] as const])));
}

/** The block of an upstream. */
export function renderUpstreamBlock(upstream: Upstream, context: PlanContext): string {
  return renderUpstream(planUpstream(upstream, context));
}

/** SHA-256 over the digests of all texts, hexadecimal: no text can run into the next. */
export function digestOf(...texts: readonly string[]): string {
  return hash('sha256', texts.map((text) => hash('sha256', text)).join(''));
}
