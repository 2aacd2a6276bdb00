/**
 * Duty: the words that `gatehouse start` greets with. Every curl line in it works as it is printed.
 */
import { isIPv6 } from 'node:net';

export interface StartDescription {
  readonly manifests: string;
  readonly address: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Of the admission webhook, on 127.0.0.1. */
  readonly webhookPort: number;
}

const HOST = 'cafe.example.com';

export function describeStart(description: StartDescription): string {
  const { manifests, httpPort, httpsPort, webhookPort } = description;
  const address = isIPv6(description.address) ? `[${description.address}]` : description.address;
  const secure = `curl --insecure --resolve ${HOST}:${httpsPort}:${address} https://${HOST}:${httpsPort}`;
  const plain = `curl --include --resolve ${HOST}:${httpPort}:${address} http://${HOST}:${httpPort}`;
  return `
Serving ${manifests} on http://${address}:${httpPort} and https://${address}:${httpsPort}.
The admission webhook answers on https://127.0.0.1:${webhookPort}/validate.

Try:
  ${secure}/tea
  ${secure}/coffee
  ${plain}/tea
  ${secure}/milk
  curl --include http://${address}:${httpPort}/

Edit a file in ${manifests} and ask again: a saved change is live within a second. Ctrl-C ends everything.

`;
}
