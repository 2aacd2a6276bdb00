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
  /** Whether another worker asks from the port of one that has ended. */
  isOfAnother: boolean;
}

/** nginx asks again a second after each answer. */
const ASKS_AGAIN_WITHIN_MS = 3000;

export interface BookLimits {
  readonly holdMs: number;
  /** How many clients are remembered: up to two for each worker that still serves. The longest silent goes first. */
  readonly clients: number;
  /** How many names of all clients are. */
  readonly entries: number;
}

export interface TellingWatch {
  /** Grows: the names that all who are new together were told the endpoints of. Those of one worker share its names. */
  readonly told: ReadonlySet<string>;
  end(): void;
}

export class QueryBook {
  readonly #limits: BookLimits;
  /** In the order of their last question. */
  readonly #clients = new Map<string, Map<string, Entry>>();
  /** In the order in which they began to wait. */
  readonly #held = new Set<Entry>();
  /** How many questions of a client are held, of those with any: most that are remembered have ended. */
  readonly #heldOf = new Map<string, number>();
  readonly #notes = new Set<(told: Entry) => void>();
  #entries = 0;

  constructor(limits: BookLimits) {
    this.#limits = limits;
  }

  /** How many wait for a change. */
  get heldCount(): number {
    return this.#held.size;
  }

  /**
   * Watches from now on what those are told who have not asked so far, of the names that are counted. Ports come back: who asks
   * from one of a worker that has ended has not asked so far, either.
   */
  watchTelling(isCounted: (name: string) => boolean): TellingWatch {
    const others = new Set(this.#clients.keys());
    const told = new Set<string>();
    const note = ({ client, name, isOfAnother }: Entry): void => {
      if ((isOfAnother || !others.has(client)) && isCounted(name)) told.add(name);
    };
    this.#notes.add(note);
    return { told, end: () => this.#notes.delete(note) };
  }

  /** `generation` is that of the name now; 0 means that it is not known, which is waited for. */
  ask({ client, name, id }: Asked, generation: number, nowMs: number): Verdict {
    const names = this.#namesOf(client);
    const entry = names.get(name);
    if (entry !== undefined) return this.#askAgain(entry, { id, generation, nowMs });
    if (!this.#makeRoom(client)) return 'unremembered';
    const times = { heldSinceMs: nowMs, answeredAtMs: nowMs };
    const made: Entry = { client, name, state: 'due', id, generation: undefined, isOfAnother: false, ...times };
    names.set(name, made);
    this.#entries += 1;
    return generation === 0 ? this.#hold(made, nowMs) : 'answer';
  }

  /** Those that wait for a change of this name. */
  changed(name: string): readonly Waiting[] {
    return [...this.#heldOf.keys()].flatMap((client) => {
      const entry = this.#clients.get(client)?.get(name);
      return entry?.state === 'held' ? [this.#release(entry)] : [];
    });
  }

  /** Those that have waited as long as nginx lets them. */
  due(nowMs: number): readonly Waiting[] {
    const due: Entry[] = [];
    for (const entry of this.#held) {
      if (nowMs - entry.heldSinceMs < this.#limits.holdMs) break;
      due.push(entry);
    }
    return due.map((entry) => this.#release(entry));
  }

  /** The id to answer to, as the answer leaves with this generation; undefined when nobody waits for it any more. */
  answering({ client, name }: Waiting, generation: number, nowMs: number): number | undefined {
    const entry = this.#clients.get(client)?.get(name);
    if (entry?.state !== 'due') return undefined;
    entry.state = 'answered';
    entry.generation = generation;
    entry.answeredAtMs = nowMs;
    // What is asked about an unknown name says nothing later, and anybody can make names up.
    if (generation > 0) for (const note of this.#notes) note(entry);
    else if (this.#clients.get(client)?.delete(name) === true) this.#entries -= 1;
    return entry.id;
  }

  #askAgain(entry: Entry, now: { readonly id: number; readonly generation: number; readonly nowMs: number }): Verdict {
    const isSame = entry.id === now.id;
    if (entry.state !== 'answered') {
      if (isSame) return 'ignore';
      entry.id = now.id;
      if (entry.state === 'due') return 'ignore';
      // nginx has given up on the one that waits; or it ended, and this is another worker, which knows nothing.
      if (now.generation === 0) return this.#hold(entry, now.nowMs);
      entry.isOfAnother = true;
      this.#release(entry);
      return 'answer';
    }
    entry.id = now.id;
    entry.isOfAnother = !isSame && now.nowMs - entry.answeredAtMs > ASKS_AGAIN_WITHIN_MS;
    // The same again means that the answer was lost.
    const isKnown = !isSame && !entry.isOfAnother && entry.generation === now.generation;
    if (isKnown) return this.#hold(entry, now.nowMs);
    entry.state = 'due';
    return 'answer';
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

  #namesOf(client: string): Map<string, Entry> {
    const names = this.#clients.get(client) ?? new Map<string, Entry>();
    this.#clients.delete(client);
    this.#clients.set(client, names);
    const [silent] = this.#clients.keys();
    if (this.#clients.size > this.#limits.clients && silent !== undefined) this.#forget(silent);
    return names;
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
    const names = this.#clients.get(client);
    this.#clients.delete(client);
    for (const entry of names?.values() ?? []) this.#drop(entry);
    this.#entries -= names?.size ?? 0;
  }
}
