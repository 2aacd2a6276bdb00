/**
 * Duty: EndpointSlice; discovery.k8s.io/v1 and v1beta1 differ only in fields that are not read (topology).
 */
import { objectKey } from '@gatehouse/core';
import type { Field } from './field.ts';
import { parseMetadata, parseTextMap } from './metadata.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from './objects.ts';
import { parseProtocol } from './parse-service.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const ADDRESS_TYPES = ['IPv4', 'IPv6', 'FQDN'] as const;
const CONDITIONS = ['ready', 'serving', 'terminating'] as const;

/**
 * Reads an EndpointSlice; undefined when its labels name no Service, which is allowed and means that it is not for us.
 * Endpoints and ports that cannot be read are left out.
 */
export function parseEndpointSlice(document: Field): EndpointSlice | undefined {
  const metadata = parseMetadata(document, 'EndpointSlice');
  const addressType = document.get('addressType');
  if (!addressType.isPresent) addressType.fault(`must be one of ${ADDRESS_TYPES.join(', ')}`);
  const labels = document.get('metadata').get('labels');
  const service = labels.expectObject() ? (parseTextMap(labels).get(SERVICE_NAME) ?? '') : '';
  const slice: EndpointSlice = {
    ...metadata,
    kind: 'EndpointSlice',
    serviceKey: objectKey(metadata.ref.namespace, service),
    addressType: addressType.oneOf(ADDRESS_TYPES) ?? 'IPv4',
    endpoints: document
      .get('endpoints')
      .items()
      .flatMap((endpoint) => parseEndpoint(endpoint.asPart)),
    ports: document
      .get('ports')
      .items()
      .flatMap((port) => parseEndpointPort(port.asPart)),
  };
  return service === '' ? undefined : slice;
}

/** The port of an endpoint; none with a fault when it cannot be read. Without a number it means every port. */
export function parseEndpointPort(field: Field): readonly EndpointPort[] {
  if (!field.requireObject()) return [];
  const portField = field.get('port');
  const port = portField.port();
  const protocol = parseProtocol(field.get('protocol'));
  if (protocol === undefined || (portField.isPresent && port === undefined)) return [];
  return [{ name: field.get('name').text(), ...(port === undefined ? {} : { port }), protocol }];
}

function parseEndpoint(field: Field): readonly Endpoint[] {
  if (!field.requireObject()) return [];
  const conditions = field.get('conditions');
  conditions.expectObject();
  const addresses = field
    .get('addresses')
    .items()
    .map((address) => address.requiredText());
  const flags = CONDITIONS.map((name) => [name, conditions.get(name)] as const);
  const known = flags.flatMap(([name, flag]) => {
    // What cannot be read must not count as ready.
    const value = flag.flag() ?? (flag.isPresent ? false : undefined);
    return value === undefined ? [] : [[name, value] as const];
  });
  return [{ addresses, ...Object.fromEntries(known) }];
}
