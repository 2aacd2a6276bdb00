/**
 * Duty: a port for those who do not care which: free for the DNS server, and for nginx at the address where it answers for
 * names without endpoints.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that the kernel gives to clients. */
const FIRST_PORT = 15_000;
const LAST_PORT = 29_999;
const MOST_ATTEMPTS = 50;

/** What `start` gives on the first port that will do. Throws what it threw for another reason than that a port is taken. */
export async function choosePort<T>(nginxAddress: string, start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    try {
      await tryListen(nginxAddress, port);
      return await start(port);
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !isTaken(error)) throw error;
    }
  }
}

function tryListen(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, address, () => server.close(() => resolve()));
  });
}

function isTaken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === 'EADDRINUSE') || isTaken(error.cause);
}
