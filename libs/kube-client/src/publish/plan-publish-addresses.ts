/**
 * Duty: which addresses the status of Ingresses should name. Pure. Must not know how the Service, Pods and nodes come to be
 * known.
 */
import { isIP } from 'node:net';
import { isDnsSubdomain, sortStatusAddresses, type Service, type StatusAddress } from '@gatehouse/kube-model';

/** One of `status.addresses` of a node. */
export interface NodeAddress {
  /** InternalIP, ExternalIP, Hostname and the like. */
  readonly type: string;
  readonly address: string;
}

/** Where the addresses come from. */
export type PublishOrigin =
  /** --publish-status-address. */
  | { readonly kind: 'given'; readonly addresses: readonly StatusAddress[] }
  /** --publish-service. */
  | { readonly kind: 'service'; readonly service: Service }
  /** Neither: the nodes that our Pods run on. */
  | {
      readonly kind: 'nodes';
      readonly nodes: readonly (readonly NodeAddress[])[];
      /** --report-node-internal-ip-address. */
      readonly isInternalWanted: boolean;
    };

const INTERNAL = ['InternalIP'];
const USUAL = ['ExternalIP', 'InternalIP'];

/** In one order, each once; what the API would not take as an address is left out. */
export function planPublishAddresses(origin: PublishOrigin): readonly StatusAddress[] {
  return sortStatusAddresses(addressesOf(origin).flatMap(checked));
}

function addressesOf(origin: PublishOrigin): readonly StatusAddress[] {
  switch (origin.kind) {
    case 'given':
      return origin.addresses;
    case 'service':
      return addressesOfService(origin.service);
    case 'nodes':
      return origin.nodes.flatMap((node) => addressesOfNode(node, origin.isInternalWanted ? INTERNAL : USUAL));
  }
}

function addressesOfService(service: Service): readonly StatusAddress[] {
  const external = service.externalIps.map(named);
  switch (service.type) {
    case 'ExternalName':
      return [named(service.externalName)];
    case 'ClusterIP':
      return [named(service.clusterIp)];
    case 'NodePort':
      return external.length > 0 ? external : [named(service.clusterIp)];
    case 'LoadBalancer':
      return [...service.loadBalancerAddresses, ...external];
  }
}

/** Those of the first type that the node has any of. */
function addressesOfNode(addresses: readonly NodeAddress[], types: readonly string[]): readonly StatusAddress[] {
  const found = types.map((type) => addresses.filter((each) => each.type === type));
  return (found.find((some) => some.length > 0) ?? []).map(({ address }) => named(address));
}

/** An address or a host name, whichever the text is. */
function named(text: string): StatusAddress {
  return isIP(text) === 0 ? { hostname: text } : { ip: text };
}

/** None when it is no address at all. The API takes no zone (`fe80::1%eth0`), and `None` of a headless Service is no name. */
function checked({ ip = '', hostname = '' }: StatusAddress): readonly StatusAddress[] {
  const isAddress = isIP(ip) !== 0 && !ip.includes('%');
  const isName = isDnsSubdomain(hostname) && isIP(hostname) === 0;
  if (!isAddress && !isName) return [];
  return [{ ...(isAddress ? { ip } : {}), ...(isName ? { hostname } : {}) }];
}
