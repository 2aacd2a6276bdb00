import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BlockList, isIP, SocketAddress } from 'node:net';
import { compareNetworks, formatNetwork, parseAddress, parseNetwork, type Network } from './network.ts';

const family = (text: string) => (text.includes(':') ? 'ipv6' : 'ipv4');
const ipV6Text = fc
  .array(fc.constantFrom(0, 0, 0, 1, 0xffff, 0xabc), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((group) => group.toString(16)).join(':'));
const address = fc.oneof(fc.ipV4(), fc.ipV6(), ipV6Text);
const almostAddress = fc.stringMatching(/^[0-9a-f:.]{0,20}$/);

function networkOf(text: string): Network {
  const result = parseNetwork(text);
  if (!result.ok) throw new Error(`${text}: ${result.error}`);
  return result.value;
}

describe('a network', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3/32'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['255.255.255.255/1', '128.0.0.0/1'],
    ['1.2.3.4/0', '0.0.0.0/0'],
    ['::', '::/128'],
    ['::/0', '::/0'],
    ['::1', '::1/128'],
    ['1::', '1::/128'],
    ['2001:DB8::8:800:200C:417A', '2001:db8::8:800:200c:417a/128'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1/128'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1/128'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
    ['::ffff:10.1.2.3', '10.1.2.3/32'],
    ['::ffff:10.1.2.3/104', '10.0.0.0/8'],
    ['::ffff:0:0/95', '::fffe:0:0/95'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221/128'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0/128'],
  ])('%s is %s', (text, canonical) => {
    expect(formatNetwork(networkOf(text))).toBe(canonical);
  });

  it.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.04',
    ' 1.2.3.4',
    '1.2.3.4/',
    '1.2.3.4/33',
    '1.2.3.4/-1',
    '1.2.3.4/8/8',
    '::1/129',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8::',
    '::1.2.3',
    '1.2.3.4::',
    '::g',
    '::12345',
    '::1%lo',
    '1:2:3:4:5:6:1.2.3.4:7',
  ])('%j is none', (text) => {
    expect(parseNetwork(text).ok).toBe(false);
  });

  it('is an address exactly when Node says so', () => {
    fc.assert(
      fc.property(fc.oneof(address, almostAddress), (text) => {
        expect([text, parseAddress(text) !== undefined]).toEqual([text, isIP(text) !== 0]);
      }),
      { numRuns: 2000 },
    );
  });

  it('is written as Node writes addresses', () => {
    fc.assert(
      fc.property(address, (text) => {
        const canonical = new SocketAddress({ address: text, family: family(text) }).address;
        fc.pre(!canonical.includes('.') || family(text) === 'ipv4');
        expect(formatNetwork(networkOf(text)).split('/')[0]).toBe(canonical);
      }),
      { numRuns: 1000 },
    );
  });

  it('holds the same addresses before and after it is made canonical', () => {
    const question = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.ipV4()),
      fc.tuple(ipV6Text, fc.integer({ min: 0, max: 128 }), ipV6Text),
    );
    fc.assert(
      fc.property(question, ([base, bits, asked]) => {
        const canonical = formatNetwork(networkOf(`${base}/${bits}`));
        fc.pre(family(canonical) === family(base));
        const [written, read] = [new BlockList(), new BlockList()];
        written.addSubnet(base, bits, family(base));
        read.addSubnet(canonical.split('/')[0] ?? '', Number(canonical.split('/')[1]), family(canonical));
        expect(read.check(asked, family(asked))).toBe(written.check(asked, family(asked)));
        expect(read.check(base, family(base))).toBe(true);
      }),
    );
  });

  it('has one place in the order', () => {
    const network = fc
      .oneof(
        address,
        address.map((text) => `${text}/9`),
      )
      .map(networkOf);
    fc.assert(
      fc.property(network, network, (a, b) => {
        expect(Math.sign(compareNetworks(a, b))).toBe(-Math.sign(compareNetworks(b, a)) + 0);
        expect(compareNetworks(a, b) === 0).toBe(formatNetwork(a) === formatNetwork(b));
      }),
    );
  });
});
