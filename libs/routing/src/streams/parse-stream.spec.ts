import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseStreamPort, parseStreamTarget } from './parse-stream.ts';

const target = (more: object = {}): object => ({
  ok: true,
  value: {
    namespace: 'default',
    service: 'dns',
    port: { kind: 'number', number: 53 },
    takesProxyProtocol: false,
    sendsProxyProtocol: false,
    ...more,
  },
});

describe('an entry of TCP or UDP services', () => {
  it.each([
    ['9000', 9000],
    ['1', 1],
    ['65535', 65_535],
    ['080', 80],
    ['000000080', 80],
  ])('has a port as key: %s', (key, port) => {
    expect(parseStreamPort(key)).toEqual({ ok: true, value: port });
  });

  it.each(['', '0', '65536', '-1', '+80', '8e1', '0x50', '80 ', ' 80', '80/udp', 'http', '٨٠', '0000000080'])(
    'has no port as key: %j',
    (key) => {
      expect(parseStreamPort(key)).toMatchObject({ ok: false, error: expect.stringContaining('from 1 to 65535') });
    },
  );

  it.each([
    ['default/dns:53', target()],
    [' default/dns:53\n', target()],
    ['default/dns:domain', target({ port: { kind: 'name', name: 'domain' } })],
    ['default/dns:53:PROXY', target({ takesProxyProtocol: true })],
    ['default/dns:53:proxy', target({ takesProxyProtocol: true })],
    ['default/dns:53::PROXY', target({ sendsProxyProtocol: true })],
    ['default/dns:53:PROXY:PROXY', target({ takesProxyProtocol: true, sendsProxyProtocol: true })],
    ['default/dns:53:', target()],
  ])('has a Service and its port as value: %j', (value, expected) => {
    expect(parseStreamTarget(value)).toEqual(expected);
  });

  it.each([
    ['', 'names no Service'],
    ['dns:53', 'names no Service'],
    ['default/dns', 'names no port'],
    ['default/dns:', 'names no port'],
    ['default/dns:0', 'names no port'],
    ['default/dns:65536', 'names no port'],
    ['default/dns:a b', 'names no port'],
    ['default/a/b:53', 'names no Service'],
    ['Default/dns:53', 'names no Service'],
    ['default/d.n:53', 'names no Service'],
    ['default/dns:53:YES', 'only PROXY can stand'],
    ['default/dns:53:PROXY:PROXY:PROXY', 'too many colons'],
    ['default/dns:53;}', 'names no port'],
  ])('refuses the value %j, because it %s', (value, reason) => {
    expect(parseStreamTarget(value)).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
  });

  it('holds names of Kubernetes only, whatever the text', () => {
    const piece = fc.constantFrom('a', 'b-c', '80', '/', ':', 'PROXY', ' ', ';', '$x', '"', '\n', '.', 'A');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const parsed = parseStreamTarget(pieces.join(''));
        if (!parsed.ok) return;
        const { namespace, service, port } = parsed.value;
        for (const name of [namespace, service, port.kind === 'name' ? port.name : 'x']) {
          expect(name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
        }
      }),
    );
  });
});
