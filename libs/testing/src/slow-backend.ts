/**
 * Duty: a backend whose answers end when the test says so.
 */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SlowBackend {
  readonly server: Server;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Answers that are waited for, in the order of their requests. */
  readonly waiting: ServerResponse[];
}

export async function slowBackend(): Promise<SlowBackend> {
  const waiting: ServerResponse[] = [];
  const server = createServer((_, answer) => waiting.push(answer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, waiting };
}
