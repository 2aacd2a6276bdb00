/**
 * Duty: the DNS server in a thread of its own, so that no work of the program it is part of keeps nginx waiting. What
 * start-endpoint-dns.ts starts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { startDnsServer } from './dns-server.ts';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.ts';

const BEAT_MS = 1000;

const port = parentPort;
if (port === null) throw new Error('dns-thread.ts is started as a thread');
const { options, changes } = workerData as ThreadStart;
const server = await startDnsServer(options, changes);
const tell = (message: FromThread): void => port.postMessage(message);
const tellAlive = (): void => tell({ kind: 'alive', counts: server.counts() });
port.on('message', (message: ToThread) => {
  if (message.kind === 'set') server.set(message.changes);
  else if (message.kind === 'again') server.answerAgain(message.names);
  else void watch(message);
});
setInterval(tellAlive, BEAT_MS);
tellAlive();

async function watch({ watch, questions, limitMs }: Extract<ToThread, { kind: 'watch' }>): Promise<void> {
  tell({ kind: 'told', watch, isTold: await server.watchTelling(questions, limitMs) });
}
