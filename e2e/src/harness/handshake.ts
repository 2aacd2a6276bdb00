/**
 * Duty: one handshake with nginx, and what it shows; and many of them, one after another, while something changes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { GatePorts } from './ask.ts';

export interface Handshake {
  /** Serial number of the certificate; what a resumed session remembers of it. */
  readonly serial: string;
  /** Subject alternative names, as OpenSSL prints them. */
  readonly names: string;
  readonly isResumed: boolean;
  readonly session: Buffer | undefined;
}

/** `name`: undefined sends none. Throws what a client is told when it fails. */
export async function handshake(
  { address = '127.0.0.1', httpsPort }: GatePorts,
  name: string | undefined,
  more: ConnectionOptions = {},
): Promise<Handshake> {
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const servername = name === undefined ? {} : { servername: name };
    const made = connect({ host: address, port: httpsPort, rejectUnauthorized: false, ...servername, ...more });
    made.once('secureConnect', () => resolve(made)).once('error', reject);
  });
  const shown = socket.getPeerX509Certificate();
  const result = {
    serial: shown?.serialNumber ?? '',
    names: shown?.subjectAltName ?? '',
    isResumed: socket.isSessionReused(),
    session: socket.getSession(),
  };
  socket.destroy();
  return result;
}

export interface HandshakeLoad {
  /** Ends it; what failed, and how many there were. */
  stop(): Promise<{ readonly handshakes: number; readonly failures: readonly string[] }>;
  /** Serial numbers in the order they were first seen. */
  readonly serials: readonly string[];
}

const PAUSE_MS = 15;

/** Handshakes for one name, several clients at a time, each with a pause that leaves others a turn. */
export function startHandshakes(ports: GatePorts, name: string, clients = 4): HandshakeLoad {
  const [failures, serials]: [string[], string[]] = [[], []];
  let [handshakes, isOver] = [0, false];
  const client = async (): Promise<void> => {
    while (!isOver) {
      handshakes += 1;
      try {
        const { serial } = await handshake(ports, name);
        if (!serials.includes(serial)) serials.push(serial);
      } catch (error) {
        failures.push(String(error));
      }
      await delay(PAUSE_MS);
    }
  };
  const running = Array.from({ length: clients }, client);
  return {
    serials,
    async stop() {
      isOver = true;
      await Promise.all(running);
      return { handshakes, failures };
    },
  };
}
