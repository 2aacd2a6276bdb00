/**
 * Duty: from one port of one Service to a Backend: which port of the slices is meant, and which endpoints are ready.
 * Must not know Ingresses.
 */
import { compareText, objectKey, quoteFound, type Problem } from '@gatehouse/core';
import type { EndpointSlice, Service, ServicePort, ServicePortRef } from '@gatehouse/kube-model';
import type { Backend, EndpointAddress, Transport } from '../model.ts';
import type { Compatibility } from '../options.ts';
import { judgeExternalName, type ExternalNameRefusal } from './judge-external-name.ts';
import type { SliceReading } from './read-slice.ts';

/** A port by number or name, or the first one that the Service has. */
export type WantedPort = ServicePortRef | { readonly kind: 'first' };

export type ServiceLink =
  | { readonly kind: 'linked'; readonly backend: Backend; readonly problems: readonly Problem[] }
  /** The reason completes "the Service …". */
  | { readonly kind: 'port-missing'; readonly reason: string }
  /** The reason completes "the externalName of the Service …". */
  | { readonly kind: 'external-name-refused'; readonly code: ExternalNameRefusal['code']; readonly reason: string };

export interface LinkContext {
  /** Only ports of this protocol count. */
  readonly transport: Transport;
  /** --disable-svc-external-name. */
  readonly externalNames: 'ignored' | 'used';
  readonly slices: readonly EndpointSlice[];
  readonly compatibility: Compatibility;
  readSlice(slice: EndpointSlice): SliceReading;
}

/** Links one port. */
export function linkServicePort(service: Service, wanted: WantedPort, context: LinkContext): ServiceLink {
  const port = findPort(service, wanted, context);
  if (port === undefined) {
    return { kind: 'port-missing', reason: missingPort(service, wanted, context.transport) };
  }
  if (service.type === 'ExternalName') return linkExternalName(service, port, context);
  const used = context.slices.flatMap((slice) => {
    const number = slicePort(slice, port, context);
    return number === undefined ? [] : [{ number, reading: context.readSlice(slice) }];
  });
  const endpoints = used.flatMap(({ number, reading }) => {
    return reading.addresses.map((address): EndpointAddress => ({ address, port: number }));
  });
  const problems = used.flatMap(({ reading }) => reading.problems);
  return { kind: 'linked', backend: backendOf(service, port, endpoints), problems };
}

/** A Backend that nothing answers, for a Service or port that does not exist. */
export function missingBackend(namespace: string, name: string, wanted: WantedPort): Backend {
  const key = objectKey(namespace, name);
  return Object.freeze({ id: `${key}:${describePort(wanted)}`, service: key, endpoints: Object.freeze([]) });
}

/** The number or name, as the author wrote it. */
export function describePort(wanted: WantedPort): string {
  switch (wanted.kind) {
    case 'number':
      return String(wanted.number);
    case 'name':
      return wanted.name;
    case 'first':
      return '';
  }
}

function findPort(
  service: Service,
  wanted: WantedPort,
  { compatibility, transport }: LinkContext,
): ServicePort | undefined {
  const ports = service.ports.filter(({ protocol }) => protocol === transport);
  switch (wanted.kind) {
    case 'first':
      return ports[0];
    case 'name': {
      const named = ports.find(({ name }) => name === wanted.name);
      // Two ports of one number would share a Backend's id, so the first of them speaks for both.
      return named && ports.find(({ port }) => port === named.port);
    }
    case 'number': {
      const byNumber = ports.find(({ port }) => port === wanted.number);
      const isBare = service.type === 'ExternalName' && service.ports.length === 0;
      if (byNumber === undefined && isBare) return { name: '', port: wanted.number, protocol: transport };
      const byTarget = ports.find(({ targetPort }) => targetPort === wanted.number);
      return byNumber ?? (compatibility === 'ingress-nginx' ? byTarget : undefined);
    }
  }
}

function missingPort(service: Service, wanted: WantedPort, transport: Transport): string {
  const ports = service.ports.filter(({ protocol }) => protocol === transport);
  const found = ports.map(({ name, port }) => (name === '' ? String(port) : `${port} (${name})`)).join(', ');
  const has = ports.length === 0 ? `it has no ${transport} port` : `its ${transport} ports are ${found}`;
  const asked = wanted.kind === 'first' ? 'a port' : `the port ${quoteFound(describePort(wanted))}`;
  return `does not have ${asked}: ${has}`;
}

function linkExternalName(service: Service, port: ServicePort, { externalNames }: LinkContext): ServiceLink {
  const kind = 'external-name-refused';
  if (externalNames === 'ignored') {
    const reason = 'is not used, since --disable-svc-external-name is set';
    return { kind, code: 'ExternalNameInvalid', reason };
  }
  const name = judgeExternalName(service.externalName);
  if (!name.ok) {
    const { code, reason } = name.error;
    return { kind, code, reason: `(${quoteFound(service.externalName)}) ${reason}` };
  }
  return {
    kind: 'linked',
    backend: backendOf(service, port, [{ address: name.value, port: targetNumber(port) }]),
    problems: [],
  };
}

/** The port in a slice that belongs to the Service's port: the one of the same name, both unnamed included. */
function slicePort(
  slice: EndpointSlice,
  port: ServicePort,
  { compatibility, transport }: LinkContext,
): number | undefined {
  const candidates = slice.ports.filter(({ protocol }) => protocol === transport);
  const isLoose = compatibility === 'ingress-nginx' && port.name === '';
  const named = candidates.find(({ name }) => name === port.name) ?? (isLoose ? candidates[0] : undefined);
  if (named !== undefined) return named.port ?? targetNumber(port);
  // Endpoints that were written by hand often do not repeat the name.
  const isByHand = slice.ref.kind === 'Endpoints' && typeof port.targetPort === 'number';
  return isByHand ? candidates.find((one) => one.port === port.targetPort)?.port : undefined;
}

function targetNumber({ port, targetPort }: ServicePort): number {
  return typeof targetPort === 'number' ? targetPort : port;
}

function backendOf(service: Service, port: ServicePort, endpoints: readonly EndpointAddress[]): Backend {
  return Object.freeze({
    id: `${service.key}:${port.port}${port.protocol === 'TCP' ? '' : `/${port.protocol}`}`,
    service: service.key,
    endpoints: Object.freeze(sortedWithoutDuplicates(endpoints)),
  });
}

function sortedWithoutDuplicates(endpoints: readonly EndpointAddress[]): readonly EndpointAddress[] {
  const sorted = endpoints.length < 2 ? endpoints : endpoints.toSorted(compareEndpoints);
  return sorted
    .filter((endpoint, index) => {
      const before = sorted[index - 1];
      return before === undefined || compareEndpoints(before, endpoint) !== 0;
    })
    .map((endpoint) => Object.freeze(endpoint));
}

function compareEndpoints(a: EndpointAddress, b: EndpointAddress): number {
  return compareText(a.address, b.address) || a.port - b.port;
}
