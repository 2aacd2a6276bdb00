import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeAddress } from './judge-address.ts';

describe('judgeAddress', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['169.253.0.1', '169.253.0.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['fd00::1', 'fd00::1'],
  ])('takes %s as %s', (text, address) => {
    expect(judgeAddress(text, 'refused')).toEqual({ ok: true, value: address });
  });

  it.each([
    ['127.0.0.1', 'is a loopback address'],
    ['127.255.255.254', 'is a loopback address'],
    ['::1', 'is a loopback address'],
    ['0:0::0001', 'is a loopback address'],
    ['::ffff:127.0.0.1', 'is a loopback address'],
    ['::ffff:7f00:1', 'is a loopback address'],
    ['0.0.0.0', 'is an unspecified address'],
    ['0.1.2.3', 'is an unspecified address'],
    ['::', 'is an unspecified address'],
    ['::ffff:0.0.0.0', 'is an unspecified address'],
    ['169.254.169.254', 'is a link-local address'],
    ['::ffff:169.254.169.254', 'is a link-local address'],
    ['fe80::1', 'is a link-local address'],
    ['febf::1', 'is a link-local address'],
    ['224.0.0.1', 'is a multicast or reserved address'],
    ['255.255.255.255', 'is a multicast or reserved address'],
    ['ff02::1', 'is a multicast or reserved address'],
    ['::127.0.0.1', 'is a multicast or reserved address'],
    ['100.100.100.200', 'is the metadata service of a cloud'],
    ['::ffff:168.63.129.16', 'is the metadata service of a cloud'],
    ['192.0.0.192', 'is the metadata service of a cloud'],
    ['FD00:0EC2::0254', 'is the metadata service of a cloud'],
    ['fd20:ce::254', 'is the metadata service of a cloud'],
    ['fe80::1%eth0', 'is no IP address'],
    ['010.1.1.1', 'is no IP address'],
    ['0x7f.1', 'is no IP address'],
    ['2130706433', 'is no IP address'],
    ['10.0.0.0/8', 'is no IP address'],
    ['10.0.0.1; }', 'is no IP address'],
    ['localhost', 'is no IP address'],
    ['', 'is no IP address'],
  ])('refuses %j, because it %s', (text, reason) => {
    expect(judgeAddress(text, 'refused')).toEqual({ ok: false, error: reason });
  });

  it('takes loopback addresses, and nothing else more, where they are allowed', () => {
    expect(judgeAddress('127.0.0.1', 'allowed')).toEqual({ ok: true, value: '127.0.0.1' });
    expect(judgeAddress('::1', 'allowed')).toEqual({ ok: true, value: '::1' });
    expect(judgeAddress('169.254.169.254', 'allowed').ok).toBe(false);
    expect(judgeAddress('0.0.0.0', 'allowed').ok).toBe(false);
  });

  it('gives every way to write an address the same text, the one that the URL standard has', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const judged = judgeAddress(text, 'allowed');
        if (!judged.ok) return;
        const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
        const isMapped = canonical.startsWith('::ffff:') && !judged.value.includes(':');
        expect(isMapped || judged.value === canonical).toBe(true);
      }),
    );
  });
});
