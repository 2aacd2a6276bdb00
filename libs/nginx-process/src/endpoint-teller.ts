/**
 * Duty: telling whoever runs nginx the endpoints that come by DNS: what has changed since they were told last, in messages
 * of a bounded size. Must not know how they reach nginx.
 */
import type { ObjectKey } from '@gatehouse/core';
import type { Bundle } from '@gatehouse/nginx';
import type { EndpointChange } from '@gatehouse/pipeline';

type Told = Bundle['told'];
type Backend = Told extends ReadonlyMap<string, infer One> ? One : never;
type Tell = (changes: readonly EndpointChange[]) => Promise<void>;

/** Of one name: what a DNS message over TCP has room for. Others are left out, so that one Service keeps nobody from being told. */
const MOST_ENDPOINTS = 1680;
/** Names and endpoints of one message, together. */
const MOST_IN_ONE = 20_000;

export class EndpointTeller {
  readonly #tell: Tell;
  readonly #told = new Map<string, Backend>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** `all`: nothing counts as told before. Throws when they cannot be told, and then counts none of a message as told. */
  async tell(told: Told, telling: 'all' | 'changes'): Promise<void> {
    const news = [...told].filter(([name, backend]) => telling === 'all' || this.#told.get(name) !== backend);
    for (const some of inMessages(news)) {
      await this.#tell(
        some.map(([name, { endpoints }]) => ({
          name,
          endpoints: endpoints.slice(0, MOST_ENDPOINTS).map(({ address, port }) => ({ address, port, weight: 1 })),
        })),
      );
      for (const [name, backend] of some) this.#told.set(name, backend);
    }
  }

  /** The Service that an upstream leads to, as it was told last. */
  serviceOf(name: string): ObjectKey | undefined {
    return this.#told.get(name)?.service;
  }

  /** Has all others forgotten, and of those that somebody told `before`. */
  async keepOnly(told: Told, before: ReadonlySet<string> = new Set()): Promise<void> {
    const gone = [...before.union(new Set(this.#told.keys()))].filter((name) => !told.has(name));
    if (gone.length === 0) return;
    await this.#tell(gone.map((name) => ({ name, endpoints: 'forgotten' })));
    for (const name of gone) this.#told.delete(name);
  }
}

function inMessages(news: readonly (readonly [string, Backend])[]): (typeof news)[] {
  const messages: (readonly [string, Backend])[][] = [];
  let room = 0;
  for (const entry of news) {
    const size = 1 + Math.min(MOST_ENDPOINTS, entry[1].endpoints.length);
    if (size > room || messages.length === 0) {
      messages.push([]);
      room = MOST_IN_ONE;
    }
    room -= size;
    messages.at(-1)?.push(entry);
  }
  return messages;
}
