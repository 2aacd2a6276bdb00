/**
 * Duty: which query is answered now, which is held until something changes, and which is a copy of one that waits. Pure:
 * knows no socket, no clock and no endpoints, only numbers of generations.
 */

/** A question for endpoints; it is a name itself, as all questions are. */
export interface Asked {
  /** Address and port of who asks: a resolver of a worker process of nginx. */
  readonly client: string;
  readonly name: string;
  readonly id: number;
}

/** An answer that is due. The id is the one to answer now: a client may have asked anew meanwhile. */
export interface Waiting {
  readonly client: string;
  readonly name: string;
  readonly id: number;
}

/**
 * answer: soon, as `Waiting`. hold: until `changed` or `due` gives it back. ignore: it waits already, and a second answer
 * would be one to nothing. unremembered: there is no room to remember it, so that it is answered as if asked for the first time.
 */
export type Verdict = 'answer' | 'hold' | 'ignore' | 'unremembered';

interface Entry {
  readonly client: string;
  readonly name: string;
  state: 'answered' | 'due' | 'held';
  id: number;
  /** What it was told last; undefined before the first answer. */
  generation: number | undefined;
  heldSinceMs: number;
  answeredAtMs: number;
  /** Grows with each first question that a worker asks about a name. */
  firstAsked: number;
}

interface Client {
  readonly names: Map<string, Entry>;
  /** When it was told last where a target is: nginx asks about a name again a second after all its targets are known. */
  addressedAtMs: number;
  /** Since then another worker asks from the port of one that has ended, as far as that can be known. */
  sinceMs: number;
}

const ASKS_AGAIN_WITHIN_MS = 3000;
/** It sends a copy after five seconds. */
const COPIES_WITHIN_MS = 6000;

export interface BookLimits {
  readonly holdMs: number;
  /** How many clients are remembered: up to two for each worker that still serves. The longest silent goes first. */
  readonly clients: number;
  /** How many names of all clients are. */
  readonly entries: number;
}

export interface TellingWatch {
  /** Shrinks: the names whose endpoints nobody who is new was told. Those of one worker share its names. */
  readonly missing: ReadonlySet<string>;
  end(): void;
}

export class QueryBook {
  readonly #limits: BookLimits;
  /** In the order of their last question. */
  readonly #clients = new Map<string, Client>();
  /** In the order in which they began to wait. */
  readonly #held = new Set<Entry>();
  /** How many questions of a client are held, of those with any: most that are remembered have ended. */
  readonly #heldOf = new Map<string, number>();
  /** Held, and to be given back whenever it is asked what is due. */
  readonly #overdue = new Set<Entry>();
  readonly #notes = new Set<(told: Entry) => void>();
  #entries = 0;
  #firstQuestions = 0;

  constructor(limits: BookLimits) {
    this.#limits = limits;
  }

  /** How many wait for a change. */
  get heldCount(): number {
    return this.#held.size;
  }

  /**
   * Watches from now on which of these names are told to those who have not asked for them so far. Ports come back: who asks
   * from one of a worker that has ended has not asked so far, either.
   */
  watchTelling(names: Iterable<string>): TellingWatch {
    const last = this.#firstQuestions;
    const missing = new Set(names);
    const note = ({ name, firstAsked }: Entry): void => {
      if (firstAsked > last) missing.delete(name);
    };
    this.#notes.add(note);
    return { missing, end: () => this.#notes.delete(note) };
  }

  /** `generation` is that of the name now; 0 means that it is not known, which is waited for. */
  ask({ client: from, name, id }: Asked, generation: number, nowMs: number): Verdict {
    const client = this.#clientAt(from, nowMs);
    const entry = client.names.get(name);
    if (entry !== undefined) return this.#askAgain(entry, client, { id, generation, nowMs });
    if (!this.#makeRoom(from)) return 'unremembered';
    const made: Entry = {
      ...{ client: from, name, id, state: 'due', generation: undefined },
      ...{ heldSinceMs: nowMs, answeredAtMs: nowMs, firstAsked: ++this.#firstQuestions },
    };
    client.names.set(name, made);
    this.#entries += 1;
    return generation === 0 ? this.#hold(made, nowMs) : 'answer';
  }

  /** A client is told where a target is. */
  noteAddress(client: string, nowMs: number): void {
    const known = this.#clients.get(client);
    if (known !== undefined) known.addressedAtMs = nowMs;
  }

  /** Those that wait for a change of this name. */
  changed(name: string): readonly Waiting[] {
    return [...this.#heldOf.keys()].flatMap((client) => {
      const entry = this.#clients.get(client)?.names.get(name);
      return entry?.state === 'held' ? [this.#release(entry)] : [];
    });
  }

  /** Those that have waited as long as nginx lets them. */
  due(nowMs: number): readonly Waiting[] {
    const due = [...this.#overdue];
    for (const entry of due) entry.firstAsked = ++this.#firstQuestions;
    for (const entry of this.#held) {
      if (nowMs - entry.heldSinceMs < this.#limits.holdMs) break;
      if (!this.#overdue.has(entry)) due.push(entry);
    }
    return due.map((entry) => this.#release(entry));
  }

  /** The id to answer to, as the answer leaves with this generation; undefined when nobody waits for it any more. */
  answering({ client, name }: Waiting, generation: number, nowMs: number): number | undefined {
    const names = this.#clients.get(client)?.names;
    const entry = names?.get(name);
    if (entry?.state !== 'due') return undefined;
    entry.state = 'answered';
    entry.generation = generation;
    entry.answeredAtMs = nowMs;
    // What is asked about an unknown name says nothing later, and anybody can make names up.
    if (generation > 0) for (const note of this.#notes) note(entry);
    else if (names?.delete(name) === true) this.#entries -= 1;
    return entry.id;
  }

  #askAgain(
    entry: Entry,
    client: Client,
    { id, generation, nowMs }: { readonly id: number; readonly generation: number; readonly nowMs: number },
  ): Verdict {
    const isSame = entry.id === id;
    entry.id = id;
    if (entry.state !== 'answered') {
      if (isSame) return 'ignore';
      // nginx has given up on the one that waits; or it ended, and this is another worker, which knows nothing.
      if (entry.heldSinceMs >= client.sinceMs) this.#noteAnother(client, nowMs);
      entry.firstAsked = ++this.#firstQuestions;
      if (entry.state === 'due') return 'ignore';
      if (generation === 0) return this.#hold(entry, nowMs);
      this.#release(entry);
      return 'answer';
    }
    const toldAtMs = Math.max(entry.answeredAtMs, client.addressedAtMs);
    const isLate = nowMs - toldAtMs > (isSame ? COPIES_WITHIN_MS : ASKS_AGAIN_WITHIN_MS);
    if (isLate && entry.answeredAtMs >= client.sinceMs) this.#noteAnother(client, nowMs);
    const isOfAnother = entry.answeredAtMs < client.sinceMs;
    if (isOfAnother) entry.firstAsked = ++this.#firstQuestions;
    // The same again means that the answer was lost.
    if (!isSame && !isOfAnother && entry.generation === generation) return this.#hold(entry, nowMs);
    entry.state = 'due';
    return 'answer';
  }

  /** Another worker asks from this port: what was told here was not told to it, and what it asked just before is due. */
  #noteAnother(client: Client, nowMs: number): void {
    client.sinceMs = nowMs;
    for (const entry of client.names.values()) {
      if (entry.state === 'held' && entry.generation !== undefined) this.#overdue.add(entry);
    }
  }

  #hold(entry: Entry, nowMs: number): 'hold' {
    this.#drop(entry);
    this.#held.add(entry);
    this.#heldOf.set(entry.client, (this.#heldOf.get(entry.client) ?? 0) + 1);
    entry.state = 'held';
    entry.heldSinceMs = nowMs;
    return 'hold';
  }

  #drop(entry: Entry): void {
    this.#overdue.delete(entry);
    if (!this.#held.delete(entry)) return;
    const left = (this.#heldOf.get(entry.client) ?? 0) - 1;
    if (left > 0) this.#heldOf.set(entry.client, left);
    else this.#heldOf.delete(entry.client);
  }

  #release(entry: Entry): Waiting {
    this.#drop(entry);
    entry.state = 'due';
    return entry;
  }

  #clientAt(from: string, nowMs: number): Client {
    const client = this.#clients.get(from) ?? {
      names: new Map<string, Entry>(),
      addressedAtMs: -Infinity,
      sinceMs: nowMs,
    };
    this.#clients.delete(from);
    this.#clients.set(from, client);
    const [silent] = this.#clients.keys();
    if (this.#clients.size > this.#limits.clients && silent !== undefined) this.#forget(silent);
    return client;
  }

  /** Of others the longest silent is forgotten: most likely its worker has ended. */
  #makeRoom(client: string): boolean {
    for (const silent of this.#clients.keys()) {
      if (this.#entries < this.#limits.entries || silent === client) break;
      this.#forget(silent);
    }
    return this.#entries < this.#limits.entries;
  }

  #forget(client: string): void {
    const names = this.#clients.get(client)?.names ?? new Map<string, Entry>();
    this.#clients.delete(client);
    for (const entry of names.values()) this.#drop(entry);
    this.#entries -= names.size;
  }
}
