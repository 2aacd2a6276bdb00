/**
 * Duty: Service v1, and the words that it shares with endpoints.
 */
import type { Field } from './field.ts';
import { parseMetadata } from './metadata.ts';
import type { Service, ServicePort } from './objects.ts';
import { parseStatusAddresses } from './status-addresses.ts';

const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const;
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

/** Reads a Service. A port that cannot be read is left out. */
export function parseService(document: Field): Service {
  const spec = document.get('spec');
  spec.requireObject();
  return {
    ...parseMetadata(document, 'Service'),
    kind: 'Service',
    type: spec.get('type').oneOf(TYPES) ?? 'ClusterIP',
    clusterIp: spec.get('clusterIP').text(),
    externalName: spec.get('externalName').text(),
    externalIps: spec
      .get('externalIPs')
      .asPart.items()
      .map((address) => address.requiredText()),
    loadBalancerAddresses: parseStatusAddresses(document),
    hasSelector: spec.get('selector').asPart.entries().length > 0,
    ports: spec
      .get('ports')
      .items()
      .flatMap((port) => parsePort(port.asPart)),
  };
}

/** A transport protocol, TCP when absent; undefined with a fault when it is no such word. */
export function parseProtocol(field: Field): (typeof PROTOCOLS)[number] | undefined {
  return field.isPresent ? field.oneOf(PROTOCOLS) : 'TCP';
}

function parsePort(field: Field): readonly ServicePort[] {
  if (!field.requireObject()) return [];
  const portField = field.get('port');
  if (!portField.isPresent) portField.fault('a port is required');
  const port = portField.port();
  const protocol = parseProtocol(field.get('protocol'));
  const targetPort = readTargetPort(field.get('targetPort'));
  if (port === undefined || protocol === undefined) return [];
  return [{ name: field.get('name').text(), port, ...(targetPort === undefined ? {} : { targetPort }), protocol }];
}

/** Zero and the empty name mean that it was left out, as in Kubernetes. */
function readTargetPort(field: Field): number | string | undefined {
  const target = field.isZero ? undefined : field.portOrName();
  return target === '' ? undefined : target;
}
