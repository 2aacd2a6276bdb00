/**
 * Duty: who is believed about clients, from the settings.
 */
import type { Settings } from '@gatehouse/annotations';
import type { RenderOptions } from '../render-options.ts';
import type { ClientsView } from '../templates/clients.ts';
import { keyword, network } from '../tokens/constructors.ts';

/** Throws when this nginx cannot read what has to be believed: addresses would be those of the proxies in silence. */
export function planClients({ clients }: Settings, { capabilities }: RenderOptions): ClientsView {
  const { proxyProtocol, forwardedHeaders, realIp, fullForwardedFor } = clients;
  const networks = clients.trustedNetworks.map(network);
  const readsAddress = proxyProtocol || forwardedHeaders || realIp;
  if (readsAddress && !capabilities.realIp) {
    throw new Error(
      `nginx ${capabilities.version} was built without --with-http_realip_module, and settings ask for it`,
    );
  }
  return {
    realIp: readsAddress
      ? { header: keyword(proxyProtocol ? 'proxy_protocol' : clients.forwardedForHeader), networks }
      : undefined,
    believed:
      proxyProtocol || forwardedHeaders
        ? {
            networks,
            byProxyProtocol: proxyProtocol,
            byHeaders: forwardedHeaders,
            lengthens: forwardedHeaders && fullForwardedFor,
          }
        : undefined,
  };
}
