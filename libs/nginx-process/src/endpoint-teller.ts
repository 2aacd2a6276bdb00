/**
 * Duty: telling whoever runs nginx the endpoints that come by DNS: what has changed since they were told last, in messages
 * of a bounded size. Must not know how they reach nginx.
 */
import type { Bundle } from '@gatehouse/nginx';
import type { EndpointChange } from '@gatehouse/pipeline';

type Endpoints = Bundle['endpoints'];
type Tell = (changes: readonly EndpointChange[]) => Promise<void>;

/** Names and endpoints of one message, together. */
const MOST_IN_ONE = 20_000;

export class EndpointTeller {
  readonly #tell: Tell;
  readonly #told = new Map<string, Endpoints extends ReadonlyMap<string, infer List> ? List : never>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** `all`: nothing counts as told before. Throws when they cannot be told, and then counts none of a message as told. */
  async tell(endpoints: Endpoints, telling: 'all' | 'changes'): Promise<void> {
    const news = [...endpoints].filter(([name, list]) => telling === 'all' || this.#told.get(name) !== list);
    for (const some of inMessages(news)) {
      await this.#tell(
        some.map(([name, list]) => ({
          name,
          endpoints: list.map(({ address, port }) => ({ address, port, weight: 1 })),
        })),
      );
      for (const [name, list] of some) this.#told.set(name, list);
    }
  }

  /** Has all others forgotten. */
  async keepOnly(endpoints: Endpoints): Promise<void> {
    const gone = [...this.#told.keys()].filter((name) => !endpoints.has(name));
    if (gone.length === 0) return;
    for (const name of gone) this.#told.delete(name);
    await this.#tell(gone.map((name) => ({ name, endpoints: 'forgotten' })));
  }
}

function inMessages<List extends readonly unknown[]>(news: readonly (readonly [string, List])[]): (typeof news)[] {
  const messages: (readonly [string, List])[][] = [];
  let room = 0;
  for (const entry of news) {
    const size = 1 + entry[1].length;
    if (size > room || messages.length === 0) {
      messages.push([]);
      room = MOST_IN_ONE;
    }
    room -= size;
    messages.at(-1)?.push(entry);
  }
  return messages;
}
