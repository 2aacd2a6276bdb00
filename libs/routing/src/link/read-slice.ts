/**
 * Duty: the addresses of one EndpointSlice that may be used, whatever the port.
 */
import { quoteFound, type Problem } from '@gatehouse/core';
import type { Endpoint, EndpointSlice } from '@gatehouse/kube-model';
import { judgeAddress, type LoopbackRule } from './judge-address.ts';

export interface SliceReading {
  /** Canonical addresses of the ready endpoints. */
  readonly addresses: readonly string[];
  readonly problems: readonly Problem[];
}

/** Reads one slice. Only ready endpoints count; "ready" left out means ready, as Kubernetes says. */
export function readSlice(slice: EndpointSlice, loopback: LoopbackRule): SliceReading {
  const addresses: string[] = [];
  const problems: Problem[] = [];
  for (const [index, endpoint] of slice.endpoints.entries()) {
    if (!isReady(endpoint)) continue;
    for (const [at, text] of endpoint.addresses.entries()) {
      const judged = judgeAddress(text, loopback);
      if (judged.ok) addresses.push(judged.value);
      else problems.push(refusedAddress(slice, { field: addressField(slice, index, at), text, reason: judged.error }));
    }
  }
  return { addresses, problems };
}

function isReady({ ready = true, terminating = false }: Endpoint): boolean {
  return ready && !terminating;
}

function addressField({ ref }: EndpointSlice, index: number, at: number): string {
  return ref.kind === 'Endpoints' ? 'subsets' : `endpoints[${index}].addresses[${at}]`;
}

function refusedAddress(
  slice: EndpointSlice,
  { field, text, reason }: { readonly field: string; readonly text: string; readonly reason: string },
): Problem {
  const message = `the address ${quoteFound(text)} ${reason}, and requests are never sent there`;
  return Object.freeze({ code: 'EndpointAddressRefused', object: slice.ref, field, message });
}
