/**
 * Duty: looking other objects up for one resolve, and remembering what was made of them as long as they are the very
 * same objects. The memory changes how long an answer takes, never the answer.
 */
import type { ObjectKey, Result } from '@gatehouse/core';
import type { EndpointSlice, Secret, Service, Snapshot } from '@gatehouse/kube-model';
import type { Backend, Transport } from '../model.ts';
import type { RoutingOptions } from '../options.ts';
import { describePort, linkServicePort, type ServiceLink, type WantedPort } from './link-service-port.ts';
import { readCertificate, type CertificateReading } from './read-certificate.ts';
import { readSlice, type SliceReading } from './read-slice.ts';

/** The other objects, as they are in one resolve. */
export interface World {
  readonly snapshot: Snapshot;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly options: RoutingOptions;
  /** The port of a Service that exists, linked. */
  servicePort(service: Service, wanted: WantedPort, transport?: Transport): ServiceLink;
  certificate(secret: Secret): Result<CertificateReading>;
}

/** Opens worlds that share what they remember. */
export type WorldOpener = (snapshot: Snapshot, nowMs: number) => World;

interface RememberedLink {
  readonly slices: readonly EndpointSlice[];
  readonly link: ServiceLink;
}

interface PortOf {
  readonly wanted: WantedPort;
  readonly transport: Transport;
}

const noSlices: readonly EndpointSlice[] = [];

export function worldOpener(options: RoutingOptions): WorldOpener {
  const links = new WeakMap<Service, Map<string, RememberedLink>>();
  const certificates = new WeakMap<Secret, Result<CertificateReading>>();
  const readings = new WeakMap<EndpointSlice, SliceReading>();
  const loopback = options.allowLoopbackEndpoints ? 'allowed' : 'refused';
  const context = {
    compatibility: options.compatibility,
    externalNames: options.ignoreExternalNames ? ('ignored' as const) : ('used' as const),
    readSlice: (slice: EndpointSlice) => remember(readings, slice, () => readSlice(slice, loopback)),
  };
  const servicePort = (slices: readonly EndpointSlice[], service: Service, port: PortOf): ServiceLink => {
    const { wanted, transport } = port;
    const ports = remember(links, service, () => new Map<string, RememberedLink>());
    const key = `${transport}:${wanted.kind}:${describePort(wanted)}`;
    const known = ports.get(key);
    if (known?.slices === slices) return known.link;
    const link = shareBackend(linkServicePort(service, wanted, { ...context, transport, slices }), known?.link);
    ports.set(key, { slices, link });
    return link;
  };
  return (snapshot, nowMs) => ({
    snapshot,
    nowMs,
    options,
    servicePort: (service, wanted, transport = 'TCP') =>
      servicePort(slicesOf(snapshot, service.key), service, { wanted, transport }),
    certificate: (secret) => remember(certificates, secret, () => readCertificate(secret)),
  });
}

/** The slices of a Service; the same empty array when it has none. */
export function slicesOf(snapshot: Snapshot, service: ObjectKey): readonly EndpointSlice[] {
  return snapshot.endpointSlices.get(service) ?? noSlices;
}

/** Slices change in ways that do not matter; then the Backend stays the same object. */
function shareBackend(link: ServiceLink, before: ServiceLink | undefined): ServiceLink {
  if (link.kind !== 'linked' || before?.kind !== 'linked') return link;
  return isSameBackend(link.backend, before.backend) ? { ...link, backend: before.backend } : link;
}

function isSameBackend(a: Backend, b: Backend): boolean {
  if (a.id !== b.id || a.endpoints.length !== b.endpoints.length) return false;
  return a.endpoints.every(({ address, port }, index) => {
    const other = b.endpoints[index];
    return other?.address === address && other.port === port;
  });
}

function remember<K extends object, V>(memory: WeakMap<K, V>, key: K, make: () => V): V {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
}
