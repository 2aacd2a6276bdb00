/**
 * Duty: a way between nginx and the DNS server on which answers get lost or old ones come in their place.
 */
import { createSocket, type Socket } from 'node:dgram';

export interface DnsRelay {
  readonly port: number;
  /** So many of the next answers about endpoints are what was answered before. */
  lie(times: number): void;
  /** Whoever has asked until now is told no news any more. */
  lieToAllFromBefore(): void;
  /** Whether questions get no answers at all. */
  isSilent: boolean;
  close(): void;
}

/** Length of a DNS header, of which the first two bytes are the question's id. */
const HEADER_BYTES = 12;
const ID_BYTES = 2;

/** Passes what comes to a free port of 127.0.0.1 on to `serverPort`, and the answers back. */
export async function startDnsRelay(serverPort: number): Promise<DnsRelay> {
  const front = createSocket('udp4');
  const clients = new Map<number, Socket>();
  const before = new Map<string, Buffer>();
  const lied = new Set<number>();
  let lies = 0;
  const answer = (bytes: Buffer, client: number): void => {
    const question = bytes.toString('latin1', HEADER_BYTES, bytes.indexOf('\x09gatehouse', HEADER_BYTES, 'latin1') + 1);
    const old = before.get(question);
    if (question !== '' && old !== undefined && (lies > 0 || lied.has(client))) {
      lies = Math.max(0, lies - 1);
      front.send(Buffer.concat([bytes.subarray(0, ID_BYTES), old.subarray(ID_BYTES)]), client, '127.0.0.1');
      return;
    }
    before.set(question, bytes);
    front.send(bytes, client, '127.0.0.1');
  };
  front.on('message', (bytes, { port: client }) => {
    if (relay.isSilent) return;
    let back = clients.get(client);
    if (back === undefined) {
      back = createSocket('udp4').on('message', (reply) => answer(reply, client));
      clients.set(client, back);
    }
    back.send(bytes, serverPort, '127.0.0.1');
  });
  await new Promise<void>((resolve) => front.bind(0, '127.0.0.1', resolve));
  const relay: DnsRelay = {
    port: front.address().port,
    isSilent: false,
    lie: (times) => {
      lies = times;
    },
    lieToAllFromBefore: () => {
      for (const client of clients.keys()) lied.add(client);
    },
    close: () => {
      front.close();
      for (const socket of clients.values()) socket.close();
    },
  };
  return relay;
}
