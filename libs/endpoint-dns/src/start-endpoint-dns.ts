/**
 * Duty: the DNS server for whoever runs nginx: in a thread that is kept, with all endpoints ready for the next one. nginx
 * keeps the endpoints that it has while there is none.
 */
import { extname } from 'node:path';
import type { Endpoint, EndpointChange, EndpointFeed } from '@gatehouse/pipeline';
import { checkChanges, type LoopbackRule } from './check-changes.ts';
import type { DnsCounts, DnsServerOptions } from './dns-server.ts';
import { choosePort } from './choose-port.ts';
import { keepThread, type KeptThread } from './kept-thread.ts';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.ts';

export interface EndpointDnsOptions extends Pick<DnsServerOptions, 'host'> {
  readonly port: number | 'free';
  /** Where nginx answers 503 on the same port, for names without endpoints. */
  readonly noEndpointsAddress: string;
  /** Where nobody listens on it, for names without endpoints that belong to TCP and UDP ports. */
  readonly nobodyAddress: string;
  /** How long a question is held; less than nginx' resolver_timeout. 25 seconds unless given. */
  readonly holdMs?: number;
  /** Whether endpoints may be on this machine: where no cluster is. */
  readonly loopbackEndpoints: LoopbackRule;
  /** Called whenever the server has ended by itself, and another is about to be started. */
  readonly onFault: (fault: Error) => void;
}

export interface EndpointDns extends EndpointFeed {
  readonly port: number;
  /** What nginx is told; undefined where endpoints may be on this machine. */
  readonly truth: EndpointTruth | undefined;
  /**
   * Watches who asks from now on: true once each of these questions has been answered to somebody who did not ask it before,
   * and nobody asks for anything more; false after `limitMs`.
   */
  watchTelling(questions: readonly string[], limitMs: number): Promise<boolean>;
  /** As of the last second. */
  counts(): DnsCounts | undefined;
  close(): Promise<void>;
}

interface EndpointTruth {
  names(): Iterable<string>;
  /** The same list until it changes; undefined for a name that is not known. One without endpoints has that of nginx' own listener. */
  endpointsOf(name: string): readonly Endpoint[] | undefined;
  /** Tells these once more, to whoever waits for a change of them. */
  tellAgain(names: readonly string[]): void;
}

const HOLD_MS = 25_000;
/** The thread says each second that it is there. */
const SILENCE_MS = 4000;
/** For an answer to come from the thread, when it is busy. */
const ANSWER_MS = 1000;

/** The module of the thread stands beside this one: in the source, and beside a bundle with the bundle's ending. */
const module = new URL(`./dns-thread${extname(import.meta.url)}`, import.meta.url);

/** Resolves once nginx can ask. Throws when the server cannot be started: when somebody else has the port, for one. */
export async function startEndpointDns(options: EndpointDnsOptions): Promise<EndpointDns> {
  const { port } = options;
  if (port !== 'free') return startOn(port, options);
  return choosePort(options.noEndpointsAddress, (chosen) => startOn(chosen, options));
}

async function startOn(port: number, options: EndpointDnsOptions): Promise<EndpointDns> {
  const server = new ThreadedDns(port, options);
  await server.start();
  return server;
}

class ThreadedDns implements EndpointDns {
  readonly port: number;
  readonly truth: EndpointTruth | undefined;
  readonly #options: EndpointDnsOptions;
  readonly #known = new Map<string, readonly Endpoint[]>();
  readonly #watches = new Map<number, (isTold: boolean) => void>();
  #thread: KeptThread | undefined;
  #counts: DnsCounts | undefined;
  #lastWatch = 0;

  constructor(port: number, options: EndpointDnsOptions) {
    this.port = port;
    this.#options = options;
    this.truth = options.loopbackEndpoints === 'allowed' ? undefined : this.#truth();
  }

  async start(): Promise<void> {
    this.#thread = await keepThread<FromThread>({
      name: 'endpoint-dns',
      module,
      startData: () => this.#startData(),
      onMessage: (message) => this.#hear(message),
      onFault: this.#options.onFault,
      silenceMs: SILENCE_MS,
    });
  }

  set(unchecked: readonly EndpointChange[]): void {
    const changes = checkChanges(unchecked, this.#options.loopbackEndpoints);
    for (const { name, endpoints } of changes) {
      if (endpoints === 'forgotten') this.#known.delete(name);
      else this.#known.set(name, endpoints);
    }
    this.#post({ kind: 'set', changes });
  }

  watchTelling(questions: readonly string[], limitMs: number): Promise<boolean> {
    const watch = ++this.#lastWatch;
    this.#post({ kind: 'watch', watch, questions, limitMs });
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#watches.get(watch)?.(false), limitMs + ANSWER_MS);
      this.#watches.set(watch, (isTold) => {
        clearTimeout(timer);
        this.#watches.delete(watch);
        resolve(isTold);
      });
    });
  }

  counts(): DnsCounts | undefined {
    return this.#counts;
  }

  async close(): Promise<void> {
    await this.#thread?.close();
    for (const resolve of this.#watches.values()) resolve(false);
  }

  #truth(): EndpointTruth {
    const none = [{ address: this.#options.noEndpointsAddress, port: this.port, weight: 1 }];
    return {
      names: () => this.#known.keys(),
      endpointsOf: (name) => {
        const known = this.#known.get(name);
        return known?.length === 0 ? none : known;
      },
      tellAgain: (names) => this.#post({ kind: 'again', names }),
    };
  }

  #startData(): ThreadStart {
    const { host, noEndpointsAddress, nobodyAddress, holdMs = HOLD_MS } = this.#options;
    const sentinel = { address: noEndpointsAddress, nobody: nobodyAddress, port: this.port };
    const changes = [...this.#known].map(([name, endpoints]) => ({ name, endpoints }));
    return { options: { host, port: this.port, holdMs, sentinel }, changes };
  }

  #hear(message: FromThread): void {
    if (message.kind === 'alive') this.#counts = message.counts;
    else this.#watches.get(message.watch)?.(message.isTold);
  }

  #post(message: ToThread): void {
    this.#thread?.post(message);
  }
}
