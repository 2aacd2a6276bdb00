/**
 * Duty: a wire between a client and a server of a test that can be cut, and that can go dead without a word.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** How many connections came so far. */
  readonly connections: number;
  /** Resets all connections; new ones are taken. */
  cut(): void;
  /** Whether new connections are broken off at once. */
  isBlocked: boolean;
  /** From now on nothing gets through the connections that are open, and nobody is told. New ones work. */
  goSilent(): void;
  /** Whether new connections are taken, and nothing ever gets through them. */
  isDeaf: boolean;
  close(): Promise<void>;
}

/** Starts a proxy on loopback to a port of loopback. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const open = new Set<readonly [Socket, Socket]>();
  let connections = 0;
  let isBlocked = false;
  let isDeaf = false;
  const server = createServer((client) => {
    if (isBlocked) {
      client.resetAndDestroy();
      return;
    }
    connections++;
    const target = connect(targetPort, '127.0.0.1');
    const pair = [client, target] as const;
    open.add(pair);
    if (isDeaf) client.resume();
    else {
      client.pipe(target);
      target.pipe(client);
    }
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        open.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    get isBlocked() {
      return isBlocked;
    },
    set isBlocked(value) {
      isBlocked = value;
    },
    get isDeaf() {
      return isDeaf;
    },
    set isDeaf(value) {
      isDeaf = value;
    },
    cut() {
      for (const [client, target] of open) {
        client.resetAndDestroy();
        target.resetAndDestroy();
      }
    },
    goSilent() {
      for (const [client, target] of open) {
        client.unpipe(target).resume();
        target.unpipe(client).resume();
      }
    },
    async close() {
      for (const pair of open) for (const socket of pair) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
