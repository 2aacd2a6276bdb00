/**
 * Duty: one entry of the ConfigMaps of TCP and UDP services, as text. Must not know whether its Service exists.
 */
import { err, ok, quoteFound, type Result } from '@gatehouse/core';
import { isDnsSubdomain, type ServicePortRef } from '@gatehouse/kube-model';

export interface StreamTarget {
  readonly namespace: string;
  readonly service: string;
  readonly port: ServicePortRef;
  readonly takesProxyProtocol: boolean;
  readonly sendsProxyProtocol: boolean;
}

const HIGHEST_PORT = 65_535;
const LONGEST_LABEL = 63;

/** Reads the key of an entry: a port, perhaps with zeros before it. */
export function parseStreamPort(key: string): Result<number> {
  const port = /^\d{1,9}$/.test(key) ? Number(key) : 0;
  if (port >= 1 && port <= HIGHEST_PORT) return ok(port);
  return err(`the key ${quoteFound(key)} is not a port; it must be a number from 1 to ${HIGHEST_PORT}`);
}

/** Reads the value: `namespace/service:port[:PROXY][:PROXY]`. The first PROXY is what clients send, the second what the backend gets. */
export function parseStreamTarget(value: string): Result<StreamTarget> {
  const [reference = '', port = '', takes = '', sends = '', ...more] = value.trim().split(':');
  const [namespace = '', service = '', ...rest] = reference.split('/');
  const refuse = (reason: string): Result<StreamTarget> =>
    err(`${quoteFound(value)} ${reason}; it must be NAMESPACE/SERVICE:PORT[:PROXY][:PROXY]`);
  if (!isLabel(namespace) || !isLabel(service) || rest.length > 0) return refuse('names no Service');
  const portRef = parsePortRef(port);
  if (portRef === undefined) return refuse('names no port of the Service');
  const stranger = [takes, sends].find((word) => word !== '' && word.toUpperCase() !== 'PROXY');
  if (stranger !== undefined) return refuse(`says ${quoteFound(stranger, 20)} where only PROXY can stand`);
  if (more.length > 0) return refuse('has too many colons');
  return ok({
    namespace,
    service,
    port: portRef,
    takesProxyProtocol: takes !== '',
    sendsProxyProtocol: sends !== '',
  });
}

function parsePortRef(text: string): ServicePortRef | undefined {
  if (/^\d{1,9}$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= HIGHEST_PORT ? { kind: 'number', number } : undefined;
  }
  return isLabel(text) ? { kind: 'name', name: text } : undefined;
}

/** What namespaces, Services and ports are called: an RFC 1123 label. */
function isLabel(text: string): boolean {
  return text.length <= LONGEST_LABEL && !text.includes('.') && isDnsSubdomain(text);
}
