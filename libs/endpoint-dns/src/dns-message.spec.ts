import { describe, expect, it } from '@jest/globals';
import { decode, encode, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { addressAnswer, failure, readQuery, refusal, srvAnswer, truncatedAnswer, withId } from './dns-message.ts';

const NAME = '_e._tcp.abcdefghijklmnop.gatehouse';
const query = (shape: Partial<Packet> = {}): Buffer =>
  encode({ type: 'query', id: 7, questions: [{ type: 'SRV', name: NAME, class: 'IN' }], ...shape });
const targets = (count: number): { target: string; port: number; weight: number }[] =>
  Array.from({ length: count }, (_, index) => ({
    target: `${String(index).padStart(20, '0')}.ep`,
    port: 8000 + index,
    weight: 1 + (index % 3),
  }));

describe('readQuery', () => {
  it('reads a question as nginx writes it', () => {
    expect(readQuery(query())).toEqual({ id: 7, name: NAME, type: 'SRV' });
    expect(readQuery(query({ flags: 0x01_00 }))).toEqual({ id: 7, name: NAME, type: 'SRV' });
  });

  it.each([
    ['an answer', query({ type: 'response' })],
    ['another operation', query({ flags: 4 << 11 })],
    ['no question', query({ questions: [] })],
    [
      'two questions',
      query({ questions: [1, 2].map(() => ({ type: 'A' as const, name: NAME, class: 'IN' as const })) }),
    ],
    ['a record beside it', query({ answers: [{ type: 'A', name: NAME, data: '10.0.0.1' }] })],
    ['another class', query({ questions: [{ type: 'SRV', name: NAME, class: 'CH' }] })],
    ['a type that we have none of', query({ questions: [{ type: 'TXT', name: NAME, class: 'IN' }] })],
    ['nothing', Buffer.alloc(0)],
    ['half a header', query().subarray(0, 11)],
    ['half a name', query().subarray(0, 20)],
    ['more than any question needs', Buffer.concat([query(), Buffer.alloc(600)])],
    ['a name that points to itself', Buffer.concat([query().subarray(0, 12), Buffer.from([0xc0, 12, 0, 33, 0, 1])])],
  ])('reads nothing from %s', (_what, bytes) => {
    expect(readQuery(bytes)).toBeUndefined();
  });

  it('reads or refuses any bytes, and any damage to a question, without throwing', () => {
    const damaged = fc
      .tuple(fc.nat(query().length - 1), fc.nat(255))
      .map(([at, byte]) => Buffer.from(query()).fill(byte, at, at + 1));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }).map(Buffer.from), damaged), (bytes) => {
        const read = readQuery(bytes);
        if (read !== undefined) expect(['A', 'AAAA', 'SRV']).toContain(read.type);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('answers', () => {
  it('tell port, weight and target of each endpoint, with a time to live of 0 and one priority', () => {
    const { message, leftOut } = srvAnswer(NAME, targets(3), 4096);
    const { id, answers, flag_aa, flag_tc } = decode(withId(message, 4711));
    expect({ id, flag_aa, flag_tc, leftOut }).toEqual({ id: 4711, flag_aa: true, flag_tc: false, leftOut: 0 });
    expect(answers).toEqual(
      targets(3).map(({ target, port, weight }) => ({
        name: NAME,
        type: 'SRV',
        ttl: 0,
        class: 'IN',
        flush: false,
        data: { priority: 0, weight, port, target },
      })),
    );
  });

  it('hold as many endpoints as fit, and say how many do not', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 100, max: 5000 }), (count, bytes) => {
        const { message, leftOut } = srvAnswer(NAME, targets(count), bytes);
        expect(message.length).toBeLessThanOrEqual(bytes);
        expect(decode(message).answers).toHaveLength(count - leftOut);
        if (leftOut > 0) expect(message.length + 50).toBeGreaterThan(bytes);
      }),
    );
  });

  it('over TCP have room for more than 1,500 endpoints', () => {
    expect(srvAnswer(NAME, targets(1500), 0xff_ff).leftOut).toBe(0);
    expect(srvAnswer(NAME, targets(5000), 0xf_ff_ff).message.length).toBeLessThanOrEqual(0xff_ff);
  });

  it('leave the template as it is when an id is put in', () => {
    const template = failure({ name: NAME, type: 'SRV' });
    withId(template, 99);
    expect(decode(template).id).toBe(0);
  });

  it('tell an address for long, or that there is none', () => {
    const question = { name: 'x.ep', type: 'A' } as const;
    expect(decode(addressAnswer(question, '10.0.0.1')).answers).toMatchObject([
      { type: 'A', ttl: 3600, data: '10.0.0.1' },
    ]);
    expect(decode(addressAnswer({ name: 'x.ep', type: 'AAAA' }, '2001:db8::1')).answers).toMatchObject([
      { type: 'AAAA', ttl: 3600, data: '2001:db8::1' },
    ]);
    expect(decode(addressAnswer(question, undefined))).toMatchObject({ rcode: 'NOERROR', answers: [] });
  });

  it('say what is wrong in the words of DNS', () => {
    const question = { name: NAME, type: 'SRV' } as const;
    expect(decode(failure(question))).toMatchObject({ rcode: 'SERVFAIL', answers: [] });
    expect(decode(refusal(question))).toMatchObject({ rcode: 'REFUSED', answers: [] });
    expect(decode(truncatedAnswer(question))).toMatchObject({ rcode: 'NOERROR', flag_tc: true, answers: [] });
  });
});
