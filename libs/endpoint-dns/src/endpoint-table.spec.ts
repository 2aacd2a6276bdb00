import { describe, expect, it } from '@jest/globals';
import { decode, type SrvAnswer } from 'dns-packet';
import fc from 'fast-check';
import type { Endpoint } from '@gatehouse/pipeline';
import { EndpointTable, isAboutEndpoints, questionsAbout } from './endpoint-table.ts';

const NAME = 'abcdefghijklmnop';
const OTHER = 'ponmlkjihgfedcba';
const aTable = (): EndpointTable => new EndpointTable({ address: '127.0.0.1', nobody: '127.0.0.3', port: 9503 });
/** What nginx asks about endpoints for HTTP, and for a TCP or UDP port. */
const asked = (name: string): string => `_e._tcp.${name}.gatehouse`;
const askedByPort = (name: string): string => `_s._tcp.${name}.gatehouse`;
const at = (address: string, port = 80, weight = 1): Endpoint => ({ address, port, weight });
const many = (count: number): Endpoint[] =>
  Array.from({ length: count }, (_, index) => at(`10.0.${index >> 8}.${index & 255}`));

function targetsOf(
  table: EndpointTable,
  question = asked(NAME),
  transport: 'tcp' | 'udp' = 'udp',
): SrvAnswer['data'][] {
  const message = table.endpointsAnswer(question, transport);
  return message === undefined ? [] : (decode(message).answers as SrvAnswer[]).map(({ data }) => data);
}

function addressOf(table: EndpointTable, target: string, type: 'A' | 'AAAA' = 'A'): unknown {
  const message = table.targetAnswer(target, type);
  return message === undefined
    ? undefined
    : decode(message).answers?.map((answer) => (answer as { data: unknown }).data);
}

/** What nginx would get out of the table. */
function readBack(table: EndpointTable, question = asked(NAME)): readonly Endpoint[] {
  return targetsOf(table, question, 'tcp').map(({ target, port, weight = 0 }) => ({
    address: String(addressOf(table, target, 'A')) || String(addressOf(table, target, 'AAAA')),
    port,
    weight,
  }));
}

describe('EndpointTable', () => {
  it('tells ports and weights by name, and addresses by target, of both families', () => {
    const table = aTable();
    const endpoints = [at('10.0.0.1', 8080, 3), at('2001:db8::1', 8081)];
    table.set([{ name: NAME, endpoints }]);
    expect(readBack(table)).toEqual(endpoints);
    const [four, six] = targetsOf(table);
    expect(addressOf(table, four!.target, 'AAAA')).toEqual([]);
    expect(addressOf(table, six!.target, 'A')).toEqual([]);
  });

  it.each([
    ['e', '127.0.0.1'],
    ['e2', '127.0.0.1'],
    ['s', '127.0.0.3'],
    ['s2', '127.0.0.3'],
  ])(
    'leads the service %s of a name without endpoints to %s: that answers 503, or nobody listens',
    (service, address) => {
      const table = aTable();
      const question = `_${service}._tcp.${NAME}.gatehouse`;
      table.set([{ name: NAME, endpoints: [] }]);
      expect(readBack(table, question)).toEqual([at(address, 9503)]);
      table.set([{ name: NAME, endpoints: [at('10.0.0.1')] }]);
      expect(readBack(table, question)).toEqual([at('10.0.0.1')]);
    },
  );

  it('tells the same under a second service, for an nginx that learns everything anew', () => {
    const table = aTable();
    table.set([{ name: NAME, endpoints: [at('10.0.0.1')] }]);
    for (const question of questionsAbout(NAME)) {
      expect(isAboutEndpoints(question)).toBe(true);
      expect(readBack(table, question)).toEqual([at('10.0.0.1')]);
    }
    expect(questionsAbout(NAME)).toContain(`_e2._tcp.${NAME}.gatehouse`);
  });

  it('knows nothing of a name before it was told, nor after it was told to forget it', () => {
    const table = aTable();
    expect(table.endpointsAnswer(asked(NAME), 'udp')).toBeUndefined();
    expect(table.generationOf(asked(NAME))).toBe(0);
    table.set([{ name: NAME, endpoints: [] }]);
    expect(table.set([{ name: NAME, endpoints: 'forgotten' }])).toEqual(questionsAbout(NAME));
    expect(table.endpointsAnswer(asked(NAME), 'udp')).toBeUndefined();
    expect(table.set([{ name: NAME, endpoints: 'forgotten' }])).toEqual([]);
  });

  it('says which answers have changed, and counts their generations', () => {
    const table = aTable();
    const both = [NAME, OTHER].map((name) => ({ name, endpoints: [at('10.0.0.1')] }));
    expect(table.set(both)).toEqual([NAME, OTHER].flatMap(questionsAbout));
    const before = table.generationOf(asked(NAME));
    expect(table.set(both)).toEqual([]);
    expect(table.generationOf(asked(NAME))).toBe(before);
    expect(table.set([{ name: OTHER, endpoints: [at('10.0.0.1', 80, 2)] }])).toEqual(questionsAbout(OTHER));
    expect(table.generationOf(asked(NAME))).toBe(before);
    expect(table.generationOf(asked(OTHER))).toBeGreaterThan(before);
  });

  it('calls an endpoint the same whenever it is there, whatever is beside it and however much weight it has', () => {
    const table = aTable();
    table.set([{ name: NAME, endpoints: [at('10.0.0.1')] }]);
    const [{ target } = { target: '' }] = targetsOf(table);
    table.set([{ name: NAME, endpoints: [at('10.0.0.2')] }]);
    table.set([{ name: NAME, endpoints: [at('10.0.0.2'), at('10.0.0.1', 80, 9)] }]);
    expect(targetsOf(table)[1]?.target).toBe(target);
    expect(target).toMatch(/^[0-9a-f]{20}\.ep$/);
  });

  it('has two targets for two ports of one address', () => {
    const table = aTable();
    table.set([{ name: NAME, endpoints: [at('10.0.0.1', 80), at('10.0.0.1', 81)] }]);
    expect(new Set(targetsOf(table).map(({ target }) => target)).size).toBe(2);
  });

  it('still says where a target is that has just gone: nginx may have heard of it a moment ago', () => {
    const table = aTable();
    table.set([{ name: NAME, endpoints: [at('10.0.0.1')] }]);
    const [{ target } = { target: '' }] = targetsOf(table);
    table.set([{ name: NAME, endpoints: [] }]);
    expect(addressOf(table, target)).toEqual(['10.0.0.1']);
    expect(addressOf(table, 'never-heard-of.ep')).toBeUndefined();
  });

  it('remembers no more than 20,000 targets that have gone', () => {
    const table = aTable();
    table.set([{ name: NAME, endpoints: [at('192.0.2.1')] }]);
    const [{ target } = { target: '' }] = targetsOf(table);
    for (let port = 1; port <= 3; port++) {
      table.set([{ name: NAME, endpoints: many(10_000).map((endpoint) => ({ ...endpoint, port })) }]);
    }
    expect(addressOf(table, target)).toBeUndefined();
  });

  it('says that an answer is truncated when not all endpoints fit in a datagram; over TCP all are told', () => {
    const table = aTable();
    table.set([{ name: NAME, endpoints: many(1000) }]);
    expect(decode(table.endpointsAnswer(asked(NAME), 'udp')!)).toMatchObject({ flag_tc: true, answers: [] });
    expect(targetsOf(table, asked(NAME), 'tcp')).toHaveLength(1000);
    table.set([{ name: NAME, endpoints: many(90) }]);
    expect(targetsOf(table)).toHaveLength(90);
  });

  it('tells after any changes what was told last', () => {
    const endpoints = fc.uniqueArray(
      fc.record({
        address: fc.ipV4(),
        port: fc.integer({ min: 1, max: 65_535 }),
        weight: fc.integer({ min: 1, max: 9 }),
      }),
      { maxLength: 5, selector: ({ address, port }) => `${address} ${port}` },
    );
    const change = fc.record({
      name: fc.constantFrom(NAME, OTHER),
      endpoints: fc.oneof(endpoints, fc.constant('forgotten' as const)),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const table = aTable();
        const last = new Map<string, readonly Endpoint[] | 'forgotten'>();
        for (const each of changes) {
          table.set([each]);
          last.set(each.name, each.endpoints);
        }
        for (const [name, told] of last) {
          const none = told === 'forgotten' ? [] : [at('127.0.0.1', 9503)];
          expect(readBack(table, asked(name))).toEqual(told.length > 0 && told !== 'forgotten' ? told : none);
        }
      }),
    );
  });
});

describe('a question about endpoints', () => {
  it.each([
    [asked(NAME), true],
    [askedByPort(NAME), true],
    [`_e._udp.${NAME}.gatehouse`, false],
    [`_x._tcp.${NAME}.gatehouse`, false],
    [`_e._tcp.${NAME.toUpperCase()}.gatehouse`, false],
    [`_e._tcp.a.${NAME}.gatehouse`, false],
    [`_e._tcp.${NAME}.gatehouse.example`, false],
    ['_e._tcp.short.gatehouse', false],
    ['.', false],
  ])('is %s: %s', (question, is) => {
    expect(isAboutEndpoints(question)).toBe(is);
  });
});
