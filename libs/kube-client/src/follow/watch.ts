/**
 * Duty: one watch, from its request to its end. Must not know what is done with what it brings.
 */
import { statusOf } from '../connect/answer-error.ts';
import { KubeApiError } from '../kube-api.ts';
import { GarbledError, SilentError } from './failure-of.ts';
import type { FollowCounters, FollowPorts } from './follow-ports.ts';
import { LineTooLongError, linesOf } from './json-lines.ts';
import { readWatchEvent, type WatchEvent } from './watch-event.ts';
import type { ServedKind, WatchedKind } from './watched-kind.ts';

/** What is watched. */
export interface Watched<K extends ServedKind = WatchedKind> {
  readonly kind: K;
  readonly path: string;
  /** Selectors. */
  readonly query: Readonly<Record<string, string>>;
}

/** What is watched, for the log. */
export function labelOf({ path, query }: Watched): string {
  const selector = Object.values(query)[0];
  return selector === undefined ? path : `${path}?${selector}`;
}

export interface WatchOptions {
  readonly ports: FollowPorts;
  readonly counters: FollowCounters;
  /** Left out: from whatever is there now, which comes first. */
  readonly version?: string;
  readonly signal: AbortSignal;
}

export type ObjectEvent = Extract<WatchEvent, { readonly kind: 'bookmark' | 'gone' | 'stands' }>;

export interface OpenWatch {
  /** Hands every event over, in order. Resolves when the server ends the watch; throws when it ends in any other way. */
  read(take: (event: ObjectEvent) => void): Promise<void>;
  close(): void;
}

const SHORTEST_TIMEOUT_S = 300;
/** Larger than any object that the server takes. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Asks for a watch; resolves when the server has taken it. Throws a KubeApiError, or a SilentError. */
export async function openWatch(watched: Watched<ServedKind>, options: WatchOptions): Promise<OpenWatch> {
  const { ports, counters, version, signal } = options;
  const ending = new AbortController();
  const end = (): void => ending.abort();
  signal.addEventListener('abort', end);
  // An idle connection that died without a word takes the request, too, and nobody answers.
  const silence = new Silence(ports, end);
  const close = (): void => {
    silence.end();
    signal.removeEventListener('abort', end);
    ending.abort();
  };
  if (signal.aborted) end();
  counters.watches++;
  try {
    const timeoutSeconds = Math.round(SHORTEST_TIMEOUT_S * (1 + ports.jitter()));
    const stream = await ports.api.stream({
      path: watched.path,
      query: {
        ...watched.query,
        watch: 'true',
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(timeoutSeconds),
        ...(version === undefined ? {} : { resourceVersion: version }),
      },
      signal: ending.signal,
    });
    silence.hear();
    return { read: (take) => readEvents(stream, { watched, options, take, silence }).finally(close), close };
  } catch (error) {
    close();
    throw silence.isBroken ? new SilentError('no answer came for too long', { cause: error }) : error;
  }
}

interface Reading {
  readonly watched: Watched<ServedKind>;
  readonly options: WatchOptions;
  readonly take: (event: ObjectEvent) => void;
  readonly silence: Silence;
}

async function readEvents(
  stream: AsyncIterable<Uint8Array>,
  { watched, options, take, silence }: Reading,
): Promise<void> {
  const { ports, counters } = options;
  try {
    for await (const line of linesOf(silence.heard(stream), MAX_LINE_BYTES)) {
      const event = readWatchEvent(line, watched.kind);
      if (event === undefined) throw new GarbledError('a line of the watch is no event of this kind');
      if (event.kind === 'error') throw errorOfEvent(watched, event);
      counters.lastEventAtMs = ports.clock.monotonicMs();
      if (event.kind === 'bookmark') counters.bookmarks++;
      else counters.events++;
      take(event);
    }
  } catch (error) {
    if (silence.isBroken) throw new SilentError('not a byte came for too long', { cause: error });
    if (error instanceof LineTooLongError) throw new GarbledError(error.message);
    throw error;
  }
}

function errorOfEvent(
  { path }: Watched<ServedKind>,
  { status, reason, object }: Extract<WatchEvent, { kind: 'error' }>,
): Error {
  const { message, retryAfterMs } = statusOf(object);
  return new KubeApiError(`the watch of ${path} was ended with ${status}: ${message}`, {
    status: status === 0 ? 500 : status,
    reason,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** Notices that nothing came for too long. One timer serves any number of chunks. */
class Silence {
  readonly #ports: FollowPorts;
  readonly #onBroken: () => void;
  #heardAtMs: number;
  #cancel: () => void = () => undefined;
  isBroken = false;

  constructor(ports: FollowPorts, onBroken: () => void) {
    this.#ports = ports;
    this.#onBroken = onBroken;
    this.#heardAtMs = ports.clock.monotonicMs();
    this.#await(ports.silenceMs);
  }

  hear(): void {
    this.#heardAtMs = this.#ports.clock.monotonicMs();
  }

  async *heard(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of stream) {
      this.hear();
      yield chunk;
    }
  }

  end(): void {
    this.#cancel();
  }

  #await(delayMs: number): void {
    this.#cancel = this.#ports.clock.after(delayMs, () => {
      const silentMs = this.#ports.clock.monotonicMs() - this.#heardAtMs;
      if (silentMs < this.#ports.silenceMs) {
        this.#await(this.#ports.silenceMs - silentMs);
        return;
      }
      this.isBroken = true;
      this.#onBroken();
    });
  }
}
