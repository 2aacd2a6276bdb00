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
const tell = (): void => port.postMessage({ counts: server.counts() } satisfies FromThread);
port.on('message', (message: ToThread) => server.set(message.changes));
setInterval(tell, BEAT_MS);
tell();
