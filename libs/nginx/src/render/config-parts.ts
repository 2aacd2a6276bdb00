/**
 * Duty: what a configuration is made of, and in which of its parts two of them differ.
 */
import type { ReloadCause } from '../reload-causes.ts';
import { certificateFileName } from '../plan/plan-host.ts';
import type { HostChunk, UpstreamChunk } from './chunk.ts';
import { streamBlock, type StreamParts } from './stream-parts.ts';

export interface ConfigParts {
  readonly digest: string;
  /** The main level, and the http block as far as all servers share it, but for `certificateMap`. */
  readonly http: string;
  /** Which certificate belongs to a name, where nginx looks at each handshake. */
  readonly certificateMap: string;
  /** Names of the certificates that are read with the configuration. */
  readonly certificates: readonly string[];
  /** Memory for endpoints; empty where they stand in the configuration. */
  readonly zone: string;
  readonly upstreams: readonly UpstreamChunk[];
  readonly hosts: readonly HostChunk[];
  readonly errors: string;
  readonly status: string;
  /** What follows the http block. */
  readonly streams: StreamParts;
}

/** Of a configuration that takes the place of another; none when they are the same. */
export function causesBetween(from: ConfigParts, to: ConfigParts): readonly ReloadCause[] {
  const differs: Record<Exclude<ReloadCause, 'recovery' | 'relearning' | 'start'>, boolean> = {
    settings: from.http !== to.http || from.status !== to.status,
    routes: from.errors !== to.errors || haveOtherRoutes(from, to),
    endpoints:
      from.zone !== to.zone ||
      haveOtherStreamZone(from, to) ||
      haveOtherEndpoints(from.upstreams, to.upstreams) ||
      haveFirstEndpoints(from, to) ||
      haveFirstEndpoints(to, from),
    certificates: from.certificateMap !== to.certificateMap || !areEqual(from.certificates, to.certificates),
    streams: streamText(from) !== streamText(to),
  };
  return (Object.keys(differs) as (keyof typeof differs)[]).filter((cause) => differs[cause]);
}

/** The memory of a block that is in both. */
function haveOtherStreamZone({ streams: before }: ConfigParts, { streams: now }: ConfigParts): boolean {
  return before.head !== '' && now.head !== '' && before.zone !== now.zone;
}

function streamText({ streams }: ConfigParts): string {
  return streamBlock({ ...streams, zone: '' })
    .map(({ text }) => text)
    .join('');
}

function haveOtherRoutes({ hosts: before }: ConfigParts, { hosts: now }: ConfigParts): boolean {
  if (before.length !== now.length) return true;
  return now.some((host, at) => {
    const last = before[at];
    if (last === undefined || host === last || host.digest === last.digest) return false;
    return withoutCertificate(host) !== withoutCertificate(last) || !haveSameUpstreams(host, last);
  });
}

/** A certificate that is read with the configuration is named by its content. */
function withoutCertificate({ text, certificate }: HostChunk): string {
  return certificate === undefined ? text : text.replaceAll(certificateFileName(certificate), 'default.pem');
}

function haveSameUpstreams(one: HostChunk, other: HostChunk): boolean {
  return areEqual(
    one.upstreams.map(({ name }) => name),
    other.upstreams.map(({ name }) => name),
  );
}

/** Of upstreams that are in both; one that comes or goes does so with a route, or with its first or last endpoint. */
function haveOtherEndpoints(before: readonly UpstreamChunk[], now: readonly UpstreamChunk[]): boolean {
  const texts = new Map(before.map(({ name, text }) => [name, text]));
  return now.some(({ name, text }) => (texts.get(name) ?? text) !== text);
}

/** Whether a backend that had none has some: its routes asked for no upstream before. */
function haveFirstEndpoints(before: ConfigParts, now: ConfigParts): boolean {
  const woken = idleOf(before).difference(idleOf(now));
  return woken.size > 0 && now.upstreams.some(({ name }) => woken.has(name));
}

function idleOf({ hosts }: ConfigParts): Set<string> {
  return new Set(hosts.flatMap(({ idle }) => idle));
}

function areEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, at) => item === other[at]);
}
