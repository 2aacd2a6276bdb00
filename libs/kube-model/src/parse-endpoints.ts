/**
 * Duty: the retired kind Endpoints, read as EndpointSlices: one for each subset and address family, as Kubernetes'
 * mirroring controller does.
 */
import { objectKey } from '@gatehouse/core';
import type { Field } from './field.ts';
import { parseMetadata } from './metadata.ts';
import type { Endpoint, EndpointSlice } from './objects.ts';
import { parseEndpointPort } from './parse-endpoint-slice.ts';

/** Reads Endpoints v1. The keys end in `#` and an index, which no name can hold, so they meet no EndpointSlice. */
export function parseEndpoints(document: Field): readonly EndpointSlice[] {
  const metadata = parseMetadata(document, 'Endpoints');
  const parts = document
    .get('subsets')
    .items()
    .flatMap((subset) => parseSubset(subset.asPart));
  return parts.map((part, index) => ({
    ...metadata,
    key: objectKey(metadata.ref.namespace, `${metadata.ref.name}#${index}`),
    kind: 'EndpointSlice',
    serviceKey: metadata.key,
    ...part,
  }));
}

type SubsetPart = Pick<EndpointSlice, 'addressType' | 'endpoints' | 'ports'>;

function parseSubset(subset: Field): readonly SubsetPart[] {
  if (!subset.requireObject()) return [];
  const ports = subset.get('ports').items().flatMap(parseEndpointPort);
  const endpoints = [
    ...parseAddresses(subset.get('addresses'), 'ready'),
    ...parseAddresses(subset.get('notReadyAddresses'), 'notReady'),
  ];
  return (['IPv4', 'IPv6'] as const)
    .map((addressType) => ({ addressType, endpoints: endpoints.filter((one) => familyOf(one) === addressType), ports }))
    .filter((part) => part.endpoints.length > 0);
}

function parseAddresses(list: Field, state: 'notReady' | 'ready'): readonly Endpoint[] {
  return list.items().flatMap((address) => {
    if (!address.requireObject()) return [];
    return [{ addresses: [address.get('ip').requiredText()], ready: state === 'ready' }];
  });
}

function familyOf(endpoint: Endpoint): EndpointSlice['addressType'] {
  return endpoint.addresses.some((address) => address.includes(':')) ? 'IPv6' : 'IPv4';
}
