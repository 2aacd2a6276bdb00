/**
 * Duty: standing in for the Pods of the example: a small server for each Service.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CafeBackend {
  readonly service: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A server on a free loopback port that says which Service it stands for and what it was asked. */
export async function startCafeBackend(service: string): Promise<CafeBackend> {
  const server = createServer((request, response) => {
    const lines = [
      `Service: ${service}`,
      `Date: ${new Date().toISOString()}`,
      `Host: ${request.headers.host ?? ''}`,
      `URI: ${request.url ?? ''}`,
      `Request ID: ${String(request.headers['x-request-id'] ?? '')}`,
    ];
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`${lines.join('\n')}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return { service, port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}
