/**
 * Duty: a supervisor of nginx that takes orders on a unix socket, for a controller that lives in another container.
 * Must not know where the orders come from: whoever can open the socket (its user alone) may send any bytes.
 */
import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Logger } from '@gatehouse/pipeline';
import {
  LONGEST_BODY_BYTES,
  MOST_DRIFT_NAMES,
  parseAgentRequest,
  type AgentOrder,
  type AgentState,
} from './agent-protocol.ts';
import type { ProofListeners } from './endpoint-proof.ts';
import type { MachineFacts } from './machine.ts';
import type { NginxSupervisor } from './nginx-supervisor.ts';
import { listenOnUnixSocket } from './unix-socket.ts';

export interface AgentServerOptions {
  /** The socket's file; it may be left from a process that is gone. */
  readonly socket: string;
  readonly supervisor: NginxSupervisor;
  readonly machine: MachineFacts;
  readonly logger: Logger;
}

export interface AgentServer {
  /** nginx was started without an order: the controller is to look what it runs. */
  noteRestart(): void;
  /** So many workers of nginx were ended by signals. */
  noteCrashes(count: number): void;
  readonly proof: ProofListeners;
  /** Takes no more orders. */
  close(): Promise<void>;
}

const LIMITS = { headersTimeout: 2000, requestTimeout: 5000, maxHeaderSize: 4096, connectionsCheckingInterval: 1000 };
/** One controller needs two. */
const MOST_CONNECTIONS = 16;

/** Listens when the promise resolves. Throws when the socket cannot be had, or another agent answers on it. */
export async function startAgentServer(options: AgentServerOptions): Promise<AgentServer> {
  const told: Told = {
    ...{ epoch: newEpoch(), workerCrashes: 0, relearningReloads: 0 },
    ...{ drifts: { count: 0, names: [] }, comparedMs: 0 },
  };
  const server = createServer({ ...LIMITS, keepAlive: false }, (request, response) => {
    void answer({ request, response, perform: (asked) => perform(asked, options, told), logger: options.logger });
  });
  server.maxConnections = MOST_CONNECTIONS;
  const listening = await listenOnUnixSocket(server, options.socket);
  if (!listening.ok) throw new Error(`another agent answers on ${options.socket}`);
  await chmod(options.socket, 0o600);
  server.on('error', (error) => options.logger.error('The socket of the agent failed', { error }));
  return {
    noteRestart: () => {
      told.epoch = newEpoch();
    },
    noteCrashes: (count) => {
      told.workerCrashes += count;
    },
    proof: {
      onDrift: (count, names) => {
        const { drifts } = told;
        told.drifts = { count: drifts.count + count, names: [...drifts.names, ...names].slice(-MOST_DRIFT_NAMES) };
      },
      onCompared: (atMs) => {
        told.comparedMs = atMs;
      },
      onRelearning: (reloads) => {
        told.relearningReloads += reloads;
      },
    },
    close: () => closeAtOnce(server),
  };
}

/** What the state tells beside that of nginx. */
type Told = { -readonly [Key in Exclude<keyof AgentState, 'draining' | 'running'>]-?: NonNullable<AgentState[Key]> };

function newEpoch(): string {
  return randomBytes(8).toString('hex');
}

async function perform(
  { order: request, body }: { readonly order: AgentOrder; readonly body: string },
  { supervisor, machine }: AgentServerOptions,
  { epoch, workerCrashes, relearningReloads, drifts, comparedMs }: Readonly<Told>,
): Promise<unknown> {
  switch (request.kind) {
    case 'machine':
      return machine;
    case 'state': {
      const [running, draining] = await Promise.all([supervisor.running(), supervisor.draining()]);
      return {
        ...{ epoch, draining },
        ...(running === undefined ? {} : { running }),
        ...(workerCrashes === 0 ? {} : { workerCrashes }),
        ...(relearningReloads === 0 ? {} : { relearningReloads }),
        ...(drifts.count === 0 ? {} : { drifts }),
        ...(comparedMs === 0 ? {} : { comparedMs }),
      } satisfies AgentState;
    }
    case 'test':
      return supervisor.test(request.digest);
    case 'run':
      return (await supervisor.run(request.digest)) ?? { kind: 'runs' };
    case 'endpoints':
      // Whoever takes them believes nothing about them.
      await supervisor.setEndpoints(JSON.parse(body) as never);
      return {};
    case 'reload':
      await supervisor.reloadUnproven();
      return {};
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly perform: (asked: { readonly order: AgentOrder; readonly body: string }) => Promise<unknown>;
  readonly logger: Logger;
}

async function answer({ request, response, perform, logger }: Exchange): Promise<void> {
  const order = parseAgentRequest(request.method ?? '', request.url ?? '');
  if (order === undefined) {
    send(response, 404, { fault: 'there is no such request' });
    return;
  }
  // No other order has a body: whoever sends one speaks another language.
  const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
  const longest = order.kind === 'endpoints' ? LONGEST_BODY_BYTES : 0;
  if (Number(length) > longest || coding !== undefined) {
    send(response, 400, { fault: longest === 0 ? 'a request has no body' : 'the body is too long' });
    return;
  }
  try {
    send(response, 200, await perform({ order, body: await text(request) }));
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    logger.warn('An order could not be carried out', { order: order.kind, reason: fault });
    send(response, 500, { fault });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' });
  response.end(JSON.stringify(body));
}

async function closeAtOnce(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
