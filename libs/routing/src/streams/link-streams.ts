/**
 * Duty: the TCP and UDP ports that the operator's ConfigMaps ask for, with their Services and endpoints filled in. One
 * bad entry leaves out itself alone. Must not know Ingresses.
 */
import { compareText, objectKey, quoteFound, type ObjectKey, type Problem } from '@gatehouse/core';
import type { ConfigMap } from '@gatehouse/kube-model';
import { describePort } from '../link/link-service-port.ts';
import type { World } from '../link/world.ts';
import type { Backend, Stream, Transport } from '../model.ts';
import { parseStreamPort, parseStreamTarget, type StreamTarget } from './parse-stream.ts';

export interface Streams {
  readonly streams: readonly Stream[];
  readonly problems: readonly Problem[];
}

/** One entry whose port is its own. */
interface Entry {
  readonly configMap: ConfigMap;
  readonly key: string;
  readonly value: string;
  readonly port: number;
}

type Finding = Pick<Problem, 'code' | 'message' | 'related'>;

export function linkStreams(world: World): Streams {
  const { tcpServicesConfigMap: tcp, udpServicesConfigMap: udp } = world.options;
  const ofTransport = (transport: Transport, key: ObjectKey | undefined): Streams =>
    key === undefined ? { streams: [], problems: [] } : linkConfigMap(world, transport, key);
  const [first, second] = [ofTransport('TCP', tcp), ofTransport('UDP', udp)];
  return { streams: [...first.streams, ...second.streams], problems: [...first.problems, ...second.problems] };
}

function linkConfigMap(world: World, transport: Transport, key: ObjectKey): Streams {
  const configMap = world.snapshot.configMaps.get(key);
  if (configMap === undefined) return { streams: [], problems: [missingConfigMap(transport, key)] };
  const problems: Problem[] = [];
  const report = (field: string, finding: Finding): void => {
    problems.push({ ...finding, object: configMap.ref, field });
  };
  const streams = ownPorts(configMap, transport === 'TCP' ? world.options.ownPorts : [], report).flatMap((entry) => {
    const reportHere = (finding: Finding): void => report(fieldOf(entry.key), finding);
    const stream = linkEntry(world, { entry, transport, report: reportHere, problems });
    return stream === undefined ? [] : [stream];
  });
  return { streams, problems };
}

/** The entries by port. Of several for one port the one that writes it plainly stays, or else the first by its key. */
function ownPorts(
  configMap: ConfigMap,
  taken: readonly number[],
  report: (field: string, finding: Finding) => void,
): readonly Entry[] {
  const byPort = new Map<number, Entry>();
  const isPlain = (key: string): number => (key.startsWith('0') ? 1 : 0);
  const sorted = [...configMap.data].sort(([a], [b]) => isPlain(a) - isPlain(b) || compareText(a, b));
  for (const [key, value] of sorted) {
    const parsed = parseStreamPort(key);
    if (!parsed.ok) {
      report(fieldOf(key), { code: 'StreamInvalid', message: parsed.error });
      continue;
    }
    const port = parsed.value;
    const winner = byPort.get(port);
    if (taken.includes(port)) {
      report(fieldOf(key), { code: 'StreamPortTaken', message: `Gatehouse itself listens on port ${port}` });
    } else if (winner !== undefined) {
      const message = `the port ${port} is that of the entry ${quoteFound(winner.key)} already`;
      report(fieldOf(key), { code: 'StreamPortTaken', message });
    } else {
      byPort.set(port, { configMap, key, value, port });
    }
  }
  return [...byPort.values()].sort((a, b) => a.port - b.port);
}

interface EntryToLink {
  readonly entry: Entry;
  readonly transport: Transport;
  readonly report: (finding: Finding) => void;
  /** Of other objects than the ConfigMap. */
  readonly problems: Problem[];
}

function linkEntry(world: World, { entry, ...context }: EntryToLink): Stream | undefined {
  const { transport, report } = context;
  const target = parseStreamTarget(entry.value);
  if (!target.ok) {
    report({ code: 'StreamInvalid', message: target.error });
    return undefined;
  }
  const backend = linkTarget(world, target.value, context);
  if (backend === undefined) return undefined;
  const wantsProxy = target.value.takesProxyProtocol || target.value.sendsProxyProtocol;
  if (transport === 'UDP' && wantsProxy) {
    report({ code: 'StreamProxyProtocolIgnored', message: 'the PROXY protocol is there for TCP only' });
  }
  return {
    origin: { object: entry.configMap.ref, field: fieldOf(entry.key) },
    transport,
    port: entry.port,
    backend,
    takesProxyProtocol: transport === 'TCP' && target.value.takesProxyProtocol,
    sendsProxyProtocol: transport === 'TCP' && target.value.sendsProxyProtocol,
  };
}

function linkTarget(
  world: World,
  { namespace, service: name, port }: StreamTarget,
  { transport, report, problems }: Omit<EntryToLink, 'entry'>,
): Backend | undefined {
  const { watchNamespace } = world.options;
  if (watchNamespace !== '' && namespace !== watchNamespace) {
    const message = `the Service is in namespace ${quoteFound(namespace)}, and --watch-namespace is ${quoteFound(watchNamespace)}`;
    report({ code: 'StreamServiceForeign', message });
    return undefined;
  }
  const service = world.snapshot.services.get(objectKey(namespace, name));
  if (service === undefined) {
    report({ code: 'ServiceMissing', message: `no Service ${quoteFound(name)} exists in namespace ${namespace}` });
    return undefined;
  }
  const related = service.ref;
  const link = world.servicePort(service, port, transport);
  if (link.kind === 'port-missing') {
    report({ code: 'ServicePortMissing', message: `the Service ${quoteFound(name)} ${link.reason}`, related });
    return undefined;
  }
  if (link.kind === 'external-name-refused') {
    const message = `the externalName of the Service ${quoteFound(name)} ${link.reason}`;
    report({ code: link.code, message, related });
    return undefined;
  }
  problems.push(...link.problems);
  if (link.backend.endpoints.length === 0) {
    const asked = quoteFound(describePort(port));
    const message = `the Service ${quoteFound(name)} has no ready endpoint for its port ${asked}, so nobody answers`;
    report({ code: 'ServiceHasNoEndpoints', message, related });
  }
  return link.backend;
}

function missingConfigMap(transport: Transport, key: ObjectKey): Problem {
  const [namespace = '', name = ''] = key.split('/');
  const flag = transport === 'TCP' ? '--tcp-services-configmap' : '--udp-services-configmap';
  const message = `the flag ${flag} names ${quoteFound(key)}, and no such ConfigMap exists`;
  return { code: 'ConfigMapMissing', object: { kind: 'ConfigMap', namespace, name }, field: '', message };
}

function fieldOf(key: string): string {
  return `data[${/^[A-Za-z0-9._-]+$/.test(key) ? key : quoteFound(key)}]`;
}
