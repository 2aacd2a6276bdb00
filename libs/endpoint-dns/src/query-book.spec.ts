import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { QueryBook, type BookLimits } from './query-book.ts';

const LIMITS: BookLimits = { holdMs: 25_000, clients: 3, entries: 10 };
const [W1, W2, W3] = ['127.0.0.1 4001', '127.0.0.1 4002', '127.0.0.1 4003'];
const NOW_MS = 0;
const asked = (id: number, name = 'a', client = W1) => ({ client, name, id });

/** A book in which a question was asked and answered with generation 1. */
function answeredOnce(): QueryBook {
  const book = new QueryBook(LIMITS);
  expect(book.ask(asked(1), 1, 0)).toBe('answer');
  expect(book.answering(asked(1), 1, NOW_MS)).toBe(1);
  return book;
}

function tellEach(book: QueryBook, clients: readonly string[], names: readonly string[]): void {
  for (const client of clients) {
    for (const name of names) {
      book.ask(asked(7, name, client), 1, 0);
      book.answering(asked(7, name, client), 1, NOW_MS);
    }
  }
}

describe('QueryBook', () => {
  it('answers who asks for the first time: a new worker has nothing yet', () => {
    const book = answeredOnce();
    expect(book.ask(asked(9, 'a', '127.0.0.1 4002'), 1, 10)).toBe('answer');
  });

  it('holds a question of who knows the present state, until the name changes', () => {
    const book = answeredOnce();
    expect(book.ask(asked(2), 1, 1000)).toBe('hold');
    expect(book.changed('b')).toEqual([]);
    expect(book.changed('a')).toMatchObject([asked(2)]);
    expect(book.answering(asked(2), 2, NOW_MS)).toBe(2);
    expect(book.changed('a')).toEqual([]);
  });

  it('knows which names nobody who is new was told: two who ask may be one worker', () => {
    const book = answeredOnce();
    const watch = book.watchTelling(['a', 'b', 'c', 'd']);
    tellEach(book, [W1], ['a']);
    expect(watch.missing).toEqual(new Set(['a', 'b', 'c', 'd']));
    tellEach(book, [W2, W3], ['a', 'x']);
    tellEach(book, [W3], ['b']);
    book.ask(asked(1, 'c', W3), 1, 0);
    expect(watch.missing).toEqual(new Set(['c', 'd']));
    watch.end();
    book.answering(asked(1, 'c', W3), 1, NOW_MS);
    expect(watch.missing).toEqual(new Set(['c', 'd']));
  });

  it('takes no name for told that is not known', () => {
    const book = new QueryBook(LIMITS);
    const { missing } = book.watchTelling(['a']);
    book.ask(asked(1), 0, 0);
    book.changed('a');
    book.answering(asked(1), 0, NOW_MS);
    expect(missing.size).toBe(1);
  });

  it('takes a name that was not asked for from a port for one that is told to a new worker, wherever the port was seen', () => {
    const book = answeredOnce();
    const { missing } = book.watchTelling(['a', 'b']);
    tellEach(book, [W1], ['b']);
    expect(missing).toEqual(new Set(['a']));
  });

  it('answers at once who knows an older state', () => {
    const book = answeredOnce();
    expect(book.ask(asked(2), 2, 1000)).toBe('answer');
  });

  it('answers the same question again at once: the answer was lost', () => {
    const book = answeredOnce();
    expect(book.ask(asked(1), 1, 5000)).toBe('answer');
    expect(book.answering(asked(1), 1, NOW_MS)).toBe(1);
  });

  it('has no second answer for a question that is sent again while it is held, or is about to be answered', () => {
    const book = answeredOnce();
    book.ask(asked(2), 1, 1000);
    expect(book.ask(asked(2), 1, 6000)).toBe('ignore');
    expect(book.changed('a')).toHaveLength(1);
    expect(book.ask(asked(2), 2, 11_000)).toBe('ignore');
    expect(book.answering(asked(2), 2, NOW_MS)).toBe(2);
    expect(book.answering(asked(2), 2, NOW_MS)).toBeUndefined();
  });

  it('gives a question back when it was held for as long as it may be, counted from its first sending', () => {
    const book = answeredOnce();
    book.ask(asked(2), 1, 1000);
    book.ask(asked(2), 1, 6000);
    expect(book.due(25_999)).toEqual([]);
    expect(book.due(26_000)).toMatchObject([asked(2)]);
    expect(book.due(30_000)).toEqual([]);
    expect(book.answering(asked(2), 1, 26_000)).toBe(2);
    expect(book.ask(asked(3), 1, 27_000)).toBe('hold');
  });

  it('answers to the newer question when nginx has given up on the one that is held', () => {
    const book = answeredOnce();
    book.ask(asked(2), 1, 1000);
    expect(book.changed('a')).toMatchObject([asked(2)]);
    expect(book.ask(asked(4), 2, 21_000)).toBe('ignore');
    expect(book.answering(asked(2), 2, 21_000)).toBe(4);
  });

  it.each([
    ['while a question of that one is held', (book: QueryBook) => void book.ask(asked(2), 1, 1000), 2000],
    ['long after that one was answered', () => undefined, 10_000],
  ])('answers a worker from the port of one that has ended at once, %s', (_, before, atMs) => {
    const book = answeredOnce();
    tellEach(book, [W1], ['b']);
    before(book);
    const { missing } = book.watchTelling(['a', 'b']);
    expect(book.ask(asked(3), 1, atMs)).toBe('answer');
    expect(book.answering(asked(3), 1, atMs)).toBe(3);
    expect(missing).toEqual(new Set(['b']));
    // Another name of that one, though something was told to this port just now.
    expect(book.ask(asked(3, 'b'), 1, atMs + 10)).toBe('answer');
    expect(book.answering(asked(3, 'b'), 1, atMs + 10)).toBe(3);
    expect(missing.size).toBe(0);
    expect(book.ask(asked(4), 1, atMs + 1000)).toBe('hold');
    expect(book.due(atMs + 26_000)).toMatchObject([asked(4)]);
  });

  it('knows a worker that had to wait for the addresses of what it was told', () => {
    const book = answeredOnce();
    book.noteAddress(W1, 8000);
    book.noteAddress('127.0.0.1 9', 8000);
    const { missing } = book.watchTelling(['a']);
    expect(book.ask(asked(2), 1, 9500)).toBe('hold');
    expect(missing.size).toBe(1);
  });

  it('knows a new worker by what it asks second, when its first question is about another name', () => {
    const book = answeredOnce();
    tellEach(book, [W1], ['b']);
    const { missing } = book.watchTelling(['a', 'b', 'n']);
    for (const name of ['n', 'a', 'b']) {
      expect(book.ask(asked(3, name), 1, 9000)).toBe('answer');
      expect(book.answering(asked(3, name), 1, 9000)).toBe(3);
    }
    expect(missing.size).toBe(0);
  });

  it('knows it when the one that has ended was told something after its end', () => {
    const book = answeredOnce();
    tellEach(book, [W1], ['b']);
    for (const name of ['a', 'b']) book.ask(asked(2, name), 1, 1000);
    expect(book.due(26_000)).toHaveLength(2);
    book.answering(asked(2, 'a'), 1, 26_000);
    book.answering(asked(2, 'b'), 1, 27_500);
    expect(book.ask(asked(3, 'a'), 1, 29_500)).toBe('answer');
    book.answering(asked(3, 'a'), 1, 29_500);
    expect(book.ask(asked(3, 'b'), 1, 29_500)).toBe('answer');
  });

  it('takes nothing that a new worker was told for news of another', () => {
    const book = answeredOnce();
    tellEach(book, [W1], ['b']);
    for (const name of ['a', 'b']) book.ask(asked(2, name), 1, 1000);
    expect(book.ask(asked(3, 'a'), 1, 9000)).toBe('answer');
    book.answering(asked(3, 'a'), 1, 9000);
    expect(book.ask(asked(3, 'b'), 1, 9002)).toBe('answer');
    book.answering(asked(3, 'b'), 1, 9002);
    const { missing } = book.watchTelling(['a', 'b']);
    expect(book.ask(asked(4, 'a'), 1, 10_000)).toBe('hold');
    expect(book.ask(asked(4, 'b'), 1, 10_002)).toBe('hold');
    expect(book.due(10_100)).toEqual([]);
    expect(missing.size).toBe(2);
  });

  it('gives back what it held of a new worker before it was known for one', () => {
    const book = answeredOnce();
    tellEach(book, [W1], ['b']);
    book.ask(asked(2, 'b'), 1, 1000);
    const { missing } = book.watchTelling(['a', 'b']);
    expect(book.ask(asked(3, 'a'), 1, 1100)).toBe('hold');
    expect(book.ask(asked(3, 'b'), 1, 1100)).toBe('answer');
    book.answering(asked(3, 'b'), 1, 1100);
    expect(book.due(1200)).toMatchObject([asked(3, 'a')]);
    book.answering(asked(3, 'a'), 1, 1200);
    expect(missing.size).toBe(0);
    expect(book.due(1300)).toEqual([]);
  });

  it('counts the question of a new worker about a name that is not known yet, though the one before it waited for that', () => {
    const book = new QueryBook(LIMITS);
    book.ask(asked(1), 0, 0);
    const { missing } = book.watchTelling(['a']);
    expect(book.ask(asked(2), 0, 5000)).toBe('hold');
    expect(book.changed('a')).toMatchObject([asked(2)]);
    book.answering(asked(2), 1, 6000);
    expect(missing.size).toBe(0);
  });

  it('takes a copy that comes long after the answer for the question of another worker', () => {
    const book = answeredOnce();
    const { missing } = book.watchTelling(['a']);
    expect(book.ask(asked(1), 1, 5500)).toBe('answer');
    book.answering(asked(1), 1, 5500);
    expect(missing.size).toBe(1);
    expect(book.ask(asked(1), 1, 60_000)).toBe('answer');
    book.answering(asked(1), 1, 60_000);
    expect(missing.size).toBe(0);
  });

  it('waits for a name that is not known yet, and then forgets that it was asked for', () => {
    const book = new QueryBook(LIMITS);
    expect(book.ask(asked(1), 0, 0)).toBe('hold');
    expect(book.changed('a')).toMatchObject([asked(1)]);
    expect(book.answering(asked(1), 1, NOW_MS)).toBe(1);
    for (let id = 0; id < 100; id++) {
      const made = asked(id, `made-up-${id}`);
      expect(book.ask(made, 0, 1000)).toBe('hold');
      expect(book.due(30_000)).toHaveLength(1);
      expect(book.answering(made, 0, NOW_MS)).toBe(id);
    }
  });

  it('remembers no more than it has room for', () => {
    const book = new QueryBook(LIMITS);
    for (let index = 0; index < 10; index++) expect(book.ask(asked(1, `name-${index}`), 1, 0)).toBe('answer');
    expect(book.ask(asked(1, 'one-more'), 1, 0)).toBe('unremembered');
    expect(book.ask(asked(1, 'one-more'), 0, 0)).toBe('unremembered');
  });

  it('forgets who was silent for longest where another has need of the room: its worker has ended', () => {
    const book = new QueryBook(LIMITS);
    for (let index = 0; index < 6; index++) book.ask(asked(1, `name-${index}`, 'old'), 1, 0);
    for (let index = 0; index < 10; index++) expect(book.ask(asked(1, `name-${index}`, 'new'), 1, 10)).toBe('answer');
    expect(book.ask(asked(1, 'one-more', 'new'), 1, 10)).toBe('unremembered');
    expect(book.ask(asked(1, 'name-0', 'old'), 1, 10)).toBe('answer');
  });

  it('forgets the client that was silent for longest when there is one too many, and what it waited for', () => {
    const book = answeredOnce();
    book.ask(asked(2), 1, 1000);
    for (const client of ['x', 'y', 'z']) book.ask(asked(1, 'a', client), 1, 2000);
    expect(book.heldCount).toBe(0);
    expect(book.changed('a')).toEqual([]);
    expect(book.ask(asked(2), 1, 6000)).toBe('answer');
  });

  it('answers each question once at most, and every one in time, whatever is asked and changes', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('ask'), id: fc.nat(3), client: fc.constantFrom('x', 'y') }),
      fc.record({ kind: fc.constant('change') }),
      fc.record({ kind: fc.constant('send') }),
      fc.record({ kind: fc.constant('wait'), ms: fc.nat(20_000) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const book = new QueryBook(LIMITS);
        let [now, generation] = [0, 1];
        const due: { client: string; name: string; id: number }[] = [];
        const open = new Map<string, { id: number; sinceMs: number }>();
        const send = (): void => {
          for (const waiting of due.splice(0)) {
            const id = book.answering(waiting, generation, now);
            expect(id).toBe(open.get(waiting.client)?.id);
            open.delete(waiting.client);
          }
        };
        for (const each of steps) {
          if ('id' in each) {
            const question = asked(each.id, 'a', each.client);
            const known = open.get(each.client);
            const verdict = book.ask(question, generation, now);
            if (verdict === 'answer') due.push(question);
            if (known?.id === each.id) expect(verdict).toBe('ignore');
            else open.set(each.client, { id: each.id, sinceMs: now });
          } else if ('ms' in each) {
            now += each.ms;
            due.push(...book.due(now));
          } else if (each.kind === 'change') {
            generation += 1;
            due.push(...book.changed('a'));
          } else send();
        }
        now += LIMITS.holdMs;
        due.push(...book.due(now));
        send();
        expect(open.size).toBe(0);
      }),
    );
  });
});
