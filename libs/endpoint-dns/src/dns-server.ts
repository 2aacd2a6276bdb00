/**
 * Duty: the sockets of the DNS server, and what is answered to whom and when. It is written for one reader, nginx, and
 * holds a question for the endpoints of a name until they change: so nginx hears of a change at once, though DNS knows no
 * other way than asking.
 */
import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as delay } from 'node:timers/promises';
import { failure, readQuery, refusal, withId, type AnswerTemplate, type Query } from './dns-message.ts';
import type { EndpointChange } from '@gatehouse/pipeline';
import { EndpointTable, isAboutEndpoints, questionsAbout, type Sentinel } from './endpoint-table.ts';
import { PacedQueue } from './paced-queue.ts';
import { QueryBook, type Waiting } from './query-book.ts';
import { listenTcp } from './tcp-listener.ts';

export interface DnsServerOptions {
  /** A loopback address, so that nobody else reaches it. */
  readonly host: '127.0.0.1' | '::1';
  /** For UDP and TCP alike. */
  readonly port: number;
  /** How long a question is held: less than nginx' resolver_timeout, after which it would wait before it asks again. */
  readonly holdMs: number;
  readonly sentinel: Sentinel;
}

export interface DnsServer {
  /** Takes checked changes. */
  set(changes: readonly EndpointChange[]): void;
  /** Answers those who wait for a change of these names, though there is none. */
  answerAgain(names: readonly string[]): void;
  counts(): DnsCounts;
  /** As EndpointDns has it. */
  watchTelling(questions: readonly string[], limitMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface DnsCounts {
  readonly queries: number;
  readonly answers: number;
  /** What was no question that we answer, or came from elsewhere. */
  readonly rejected: number;
  /** Questions that wait now. */
  readonly held: number;
}

/** Each worker has two, for what passes requests on, and for TCP and UDP ports; a machine may have some hundred of them. */
const CLIENTS = 1024;
const ENTRIES = 200_000;
const SOCKET_BYTES = 4 * 1024 * 1024;
/** How often it is looked whether a question has waited long enough. */
const LOOK_MS = 100;
const WATCH_MS = 5;
/** Who has asked for nothing for so long has all addresses, too. */
const QUIET_MS = 25;

/** Resolves once both sockets are open, with all that is `known` in the first answer. Throws when one cannot be opened. */
export async function startDnsServer(
  options: DnsServerOptions,
  known: readonly EndpointChange[] = [],
): Promise<DnsServer> {
  const server = new EndpointServer(options);
  server.set(known);
  await server.open();
  return server;
}

class EndpointServer implements DnsServer {
  readonly #options: DnsServerOptions;
  readonly #table: EndpointTable;
  readonly #book: QueryBook;
  readonly #queue = new PacedQueue();
  readonly #udp: Socket;
  #closeTcp: () => Promise<void> = () => Promise.resolve();
  #looking: NodeJS.Timeout | undefined;
  #queries = 0;
  #answers = 0;
  #rejected = 0;
  #heardMs = -Infinity;

  constructor(options: DnsServerOptions) {
    this.#options = options;
    this.#table = new EndpointTable(options.sentinel);
    this.#book = new QueryBook({ holdMs: options.holdMs, clients: CLIENTS, entries: ENTRIES });
    this.#udp = createSocket(options.host === '::1' ? 'udp6' : 'udp4');
  }

  async open(): Promise<void> {
    const { host, port } = this.#options;
    this.#closeTcp = await listenTcp({ host, port }, (bytes) => this.#answerTcp(bytes));
    this.#udp.on('message', (bytes, { address, port: from }) => this.#hear(bytes, address, from));
    await new Promise<void>((resolve, reject) => {
      this.#udp.once('error', reject);
      this.#udp.bind({ address: host, port, exclusive: true }, resolve);
    }).catch(async (error: unknown) => {
      await this.#closeTcp();
      throw error;
    });
    this.#udp.removeAllListeners('error').on('error', () => undefined);
    this.#udp.setRecvBufferSize(SOCKET_BYTES);
    this.#looking = setInterval(() => this.#answerDue(), LOOK_MS);
  }

  set(changes: readonly EndpointChange[]): void {
    this.#answerWaiting(this.#table.set(changes));
  }

  answerAgain(names: readonly string[]): void {
    this.#answerWaiting(names.flatMap(questionsAbout));
  }

  counts(): DnsCounts {
    return { queries: this.#queries, answers: this.#answers, rejected: this.#rejected, held: this.#book.heldCount };
  }

  async watchTelling(questions: readonly string[], limitMs: number): Promise<boolean> {
    const watch = this.#book.watchTelling(questions);
    const deadlineMs = performance.now() + limitMs;
    try {
      while (performance.now() - this.#heardMs <= QUIET_MS || watch.missing.size > 0) {
        if (performance.now() > deadlineMs) return false;
        await delay(WATCH_MS);
      }
      return true;
    } finally {
      watch.end();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    this.#queue.clear();
    await Promise.all([this.#closeTcp(), new Promise<void>((resolve) => this.#udp.close(() => resolve()))]);
  }

  #hear(bytes: Buffer, address: string, port: number): void {
    const query = this.#read(bytes);
    if (query === undefined || !isLoopback(address)) return;
    const client = `${address} ${port}`;
    if (query.type !== 'SRV' || !isAboutEndpoints(query.name)) {
      this.#queue.add(() => {
        this.#book.noteAddress(client, performance.now());
        this.#send(withId(this.#answerAtOnce(query), query.id), client);
      });
      return;
    }
    const asked = { client, name: query.name, id: query.id };
    const verdict = this.#book.ask(asked, this.#table.generationOf(query.name), performance.now());
    if (verdict === 'answer') this.#answerSoon(asked);
    if (verdict === 'unremembered') {
      this.#queue.add(() => this.#send(withId(this.#answerNow(query.name), query.id), client));
    }
  }

  /** Over TCP nothing is held: nginx asks there only what it was just told to ask. */
  #answerTcp(bytes: Buffer): Buffer | undefined {
    const query = this.#read(bytes);
    if (query === undefined) return undefined;
    this.#answers += 1;
    if (query.type !== 'SRV' || !isAboutEndpoints(query.name)) return withId(this.#answerAtOnce(query), query.id);
    return withId(this.#table.endpointsAnswer(query.name, 'tcp') ?? failure(query), query.id);
  }

  #read(bytes: Buffer): Query | undefined {
    const query = readQuery(bytes);
    this.#heardMs = performance.now();
    if (query === undefined) this.#rejected += 1;
    else this.#queries += 1;
    return query;
  }

  /** What is not about the endpoints of a name: where a target is, or nothing of ours. */
  #answerAtOnce(query: Query): AnswerTemplate {
    if (query.type === 'SRV' || !query.name.endsWith('.ep')) return refusal(query);
    return this.#table.targetAnswer(query.name, query.type) ?? failure(query);
  }

  #answerNow(question: string): AnswerTemplate {
    return this.#table.endpointsAnswer(question, 'udp') ?? failure({ name: question, type: 'SRV' });
  }

  #answerWaiting(questions: readonly string[]): void {
    for (const question of questions) {
      for (const waiting of this.#book.changed(question)) this.#answerSoon(waiting);
    }
  }

  /** What is told is looked up when the answer leaves, so that a change meanwhile is in it. */
  #answerSoon(waiting: Waiting): void {
    this.#queue.add(() => {
      const { client, name } = waiting;
      const id = this.#book.answering(waiting, this.#table.generationOf(name), performance.now());
      if (id === undefined) return;
      this.#send(withId(this.#answerNow(name), id), client);
    });
  }

  #answerDue(): void {
    for (const waiting of this.#book.due(performance.now())) this.#answerSoon(waiting);
  }

  #send(answer: Buffer, client: string): void {
    const [address, port] = client.split(' ');
    this.#answers += 1;
    // A worker may have ended; nobody misses the answer.
    this.#udp.send(answer, Number(port), address, () => undefined);
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
