/**
 * Duty: requests to an API server over HTTP/2, or HTTP/1.1 where it has no other, with connections that are kept, limits
 * for everything that a server can keep us waiting for, and every failure as a KubeApiError. Must not know any kind.
 */
import { Agent, Client, Pool, ProxyAgent, request, type Dispatcher } from 'undici';
import { KubeApiError, type KubeApi, type KubeRequest } from '../kube-api.ts';
import { errorOfAnswer, errorOfConnection } from './answer-error.ts';
import type { Credentials, Identity } from './identity.ts';
import { readBounded } from './read-bounded.ts';

export interface HttpKubeApiOptions {
  readonly identity: Identity;
  /** How often an idle connection is asked whether it lives. Unanswered until the next time, it is dead. */
  readonly pingMs?: number;
}

/** A server takes milliseconds; one that is back again shall not wait for an attempt of the time before. */
const CONNECT_TIMEOUT_MS = 5000;
/** Until an answer begins; the server itself gives up after 60 s. */
const HEADERS_TIMEOUT_MS = 65_000;
/** Between two pieces of an answer that has an end. */
const BODY_TIMEOUT_MS = 65_000;
/** A connection that died without a word is found within twice this. */
const PING_MS = 20_000;
/** More than 500 objects of usual size; larger answers are asked for in smaller pages. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Of an answer that says what went wrong. */
const MAX_ERROR_BYTES = 256 * 1024;

interface Connection {
  /** What it was made with, as text. */
  readonly made: string;
  readonly dispatcher: Dispatcher;
}

export class HttpKubeApi implements KubeApi {
  readonly #identity: Identity;
  readonly #pingMs: number;
  #connection: Connection | undefined;
  /** Those whose authorities were replaced; what still runs on them may end in its own time. */
  readonly #draining = new Set<Dispatcher>();
  #isClosed = false;

  constructor({ identity, pingMs = PING_MS }: HttpKubeApiOptions) {
    this.#identity = identity;
    this.#pingMs = pingMs;
  }

  async send(wanted: KubeRequest): Promise<unknown> {
    const answer = await this.#request(wanted, BODY_TIMEOUT_MS);
    const bytes = await readBounded(wanted, answer.body, MAX_ANSWER_BYTES);
    try {
      return JSON.parse(bytes.toString('utf8')) as unknown;
    } catch (error) {
      throw new KubeApiError(`${describe(wanted)}: the answer is no JSON`, {
        status: 0,
        reason: 'NoJson',
        cause: error,
      });
    }
  }

  async stream(wanted: KubeRequest): Promise<AsyncIterable<Uint8Array>> {
    const answer = await this.#request(wanted, 0);
    return chunksOf(wanted, answer.body);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const open = [...this.#draining, ...(this.#connection === undefined ? [] : [this.#connection.dispatcher])];
    this.#connection = undefined;
    await Promise.all(open.map((dispatcher) => dispatcher.destroy()));
  }

  /** The answer to a request, which is a good one. A token that was replaced meanwhile is read and tried once more. */
  async #request(wanted: KubeRequest, bodyTimeout: number): Promise<Dispatcher.ResponseData> {
    const first = await this.#ask(wanted, bodyTimeout);
    if (first.statusCode !== 401) return this.#good(wanted, first);
    await first.body.dump().catch(() => undefined);
    this.#identity.refused();
    return this.#good(wanted, await this.#ask(wanted, bodyTimeout));
  }

  async #good(wanted: KubeRequest, answer: Dispatcher.ResponseData): Promise<Dispatcher.ResponseData> {
    if (answer.statusCode >= 200 && answer.statusCode < 300) return answer;
    if (answer.statusCode === 401) this.#identity.refused();
    const text = await readBounded(wanted, answer.body, MAX_ERROR_BYTES).catch(() => Buffer.alloc(0));
    throw errorOfAnswer(describe(wanted), answer, text.toString('utf8'));
  }

  async #ask(wanted: KubeRequest, bodyTimeout: number): Promise<Dispatcher.ResponseData> {
    try {
      const credentials = await this.#identity.current();
      wanted.signal?.throwIfAborted();
      return await request(addressOf(credentials, wanted), {
        dispatcher: this.#dispatcherFor(credentials),
        method: wanted.method ?? 'GET',
        headers: headersFor(credentials, wanted),
        body: wanted.body === undefined ? null : JSON.stringify(wanted.body),
        signal: wanted.signal ?? null,
        headersTimeout: HEADERS_TIMEOUT_MS,
        bodyTimeout,
      });
    } catch (error) {
      // The authorities, the address or our certificate may be others by now.
      if (wanted.signal?.aborted !== true) this.#identity.refused();
      throw errorOfConnection(describe(wanted), error);
    }
  }

  #dispatcherFor({ tls, proxy }: Credentials): Dispatcher {
    if (this.#isClosed) throw new Error('the connection was closed');
    const made = JSON.stringify([tls, proxy]);
    if (this.#connection?.made === made) return this.#connection.dispatcher;
    if (this.#connection !== undefined) this.#drain(this.#connection.dispatcher);
    const keptAlive = { keepAlive: true, keepAliveInitialDelay: this.#pingMs };
    const options = {
      connect: { ...tls, ...keptAlive, timeout: CONNECT_TIMEOUT_MS },
      h2Options: { pingInterval: this.#pingMs },
      factory: (origin: string | URL, given: object) =>
        new Pool(origin, given).on('disconnect', (_, targets) => {
          if (targets.some(isStuck)) this.#leave(dispatcher);
        }),
    };
    const dispatcher: Dispatcher =
      proxy === undefined
        ? new Agent(options)
        : new ProxyAgent({ ...options, uri: proxy, requestTls: { ...tls, ...keptAlive } });
    this.#connection = { made, dispatcher };
    return dispatcher;
  }

  /** What still runs there fails, to be asked for again over another connection. */
  #leave(dispatcher: Dispatcher): void {
    if (this.#connection?.dispatcher === dispatcher) this.#connection = undefined;
    setImmediate(() => void dispatcher.destroy(new Error('the server asked to leave the connection')));
  }

  #drain(dispatcher: Dispatcher): void {
    this.#draining.add(dispatcher);
    dispatcher
      .close()
      .catch(() => undefined)
      .finally(() => this.#draining.delete(dispatcher));
  }
}

/**
 * Whether requests wait for a new connection that is not made before those that run on the old one have ended: so it is
 * after a GOAWAY while watches are open (undici 8.13), for as long as the watches.
 */
function isStuck(target: Dispatcher): boolean {
  return target instanceof Client && target.stats.running > 0 && target.stats.pending > 0;
}

/** Reading may fail as any request may; leaving it ends the request. */
async function* chunksOf(wanted: KubeRequest, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const chunk of body) yield chunk;
  } catch (error) {
    throw errorOfConnection(describe(wanted), error);
  }
}

function addressOf({ server }: Credentials, { path, query = {} }: KubeRequest): string {
  const search = new URLSearchParams(query).toString();
  return `${server}${path}${search === '' ? '' : `?${search}`}`;
}

function headersFor({ headers }: Credentials, { body, contentType }: KubeRequest): Record<string, string> {
  const content = body === undefined ? {} : { 'content-type': contentType ?? 'application/json' };
  return { accept: 'application/json', 'user-agent': 'gatehouse', ...headers, ...content };
}

function describe({ method = 'GET', path }: KubeRequest): string {
  return `${method} ${path}`;
}
