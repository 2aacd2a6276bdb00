/**
 * Duty: the DNS server for whoever runs nginx: in a thread that is kept, with all endpoints ready for the next one. nginx
 * keeps the endpoints that it has while there is none.
 */
import { extname } from 'node:path';
import { checkChanges, type LoopbackRule } from './check-changes.ts';
import type { DnsCounts, DnsServerOptions } from './dns-server.ts';
import type { Endpoint, EndpointFeed } from './endpoint-feed.ts';
import { keepThread } from './kept-thread.ts';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.ts';

export interface EndpointDnsOptions extends DnsServerOptions {
  /** Whether endpoints may be on this machine: where no cluster is. */
  readonly loopbackEndpoints: LoopbackRule;
  /** Called whenever the server has ended by itself, and another is about to be started. */
  readonly onFault: (fault: Error) => void;
}

export interface EndpointDns {
  readonly feed: EndpointFeed;
  /** As of the last second; undefined before the first. */
  counts(): DnsCounts | undefined;
  close(): Promise<void>;
}

/** The thread says each second that it is there. */
const SILENCE_MS = 4000;

/** The module of the thread stands beside this one: in the source, and beside a bundle with the bundle's ending. */
const module = new URL(`./dns-thread${extname(import.meta.url)}`, import.meta.url);

/** Resolves once nginx can ask. Throws when the server cannot be started: when somebody else has the port, for one. */
export async function startEndpointDns(options: EndpointDnsOptions): Promise<EndpointDns> {
  const { host, port, holdMs, sentinel, loopbackEndpoints, onFault } = options;
  const known = new Map<string, readonly Endpoint[]>();
  let counts: DnsCounts | undefined;
  const thread = await keepThread<FromThread>({
    name: 'endpoint-dns',
    module,
    startData: (): ThreadStart => ({
      options: { host, port, holdMs, sentinel },
      changes: [...known].map(([name, endpoints]) => ({ name, endpoints })),
    }),
    onMessage: (message) => (counts = message.counts),
    onFault,
    silenceMs: SILENCE_MS,
  });
  const set: EndpointFeed['set'] = (unchecked) => {
    const changes = checkChanges(unchecked, loopbackEndpoints);
    for (const { name, endpoints } of changes) {
      if (endpoints === 'forgotten') known.delete(name);
      else known.set(name, endpoints);
    }
    const message: ToThread = { changes };
    thread.post(message);
  };
  return { feed: { set }, counts: () => counts, close: () => thread.close() };
}
