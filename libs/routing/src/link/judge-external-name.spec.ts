import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeExternalName } from './judge-external-name.ts';

const codeOf = (text: string): string | undefined => {
  const judged = judgeExternalName(text);
  return judged.ok ? undefined : judged.error.code;
};

describe('judgeExternalName', () => {
  it.each([
    ['example.com', 'example.com'],
    ['Example.COM.', 'example.com'],
    ['db.other-namespace.svc.cluster.local', 'db.other-namespace.svc.cluster.local'],
    ['kubernetes.default.svc', 'kubernetes.default.svc'],
    ['notlocalhost', 'notlocalhost'],
    ['localhost.example.com', 'localhost.example.com'],
    ['metadata.example.com', 'metadata.example.com'],
    ['169.254.169.254.example.com', '169.254.169.254.example.com'],
    ['10.0.0.1.nip.io', '10.0.0.1.nip.io'],
    ['app-10-0-0-1.sslip.io', 'app-10-0-0-1.sslip.io'],
    ['nip.io', 'nip.io'],
  ])('takes %s as %s', (text, name) => {
    expect(judgeExternalName(text)).toEqual({ ok: true, value: name });
  });

  it.each([
    ['169.254.169.254', 'is a link-local address, and only names are allowed'],
    ['169.254.169.254.', 'is a link-local address, and only names are allowed'],
    ['0xa9fea9fe', 'is a link-local address in an unusual notation, and only names are allowed'],
    ['2852039166', 'is a link-local address in an unusual notation, and only names are allowed'],
    ['0251.0376.0251.0376', 'is a link-local address in an unusual notation, and only names are allowed'],
    ['169.254.43518', 'is a link-local address in an unusual notation, and only names are allowed'],
    ['100.100.100.200', 'is the metadata service of a cloud, and only names are allowed'],
    ['192.0.0.192', 'is the metadata service of a cloud, and only names are allowed'],
    ['168.63.129.16', 'is the metadata service of a cloud, and only names are allowed'],
    ['fd00:ec2::254', 'is the metadata service of a cloud, and only names are allowed'],
    ['[FD00:EC2::254]:80', 'is the metadata service of a cloud in an unusual notation, and only names are allowed'],
    ['::ffff:169.254.169.254', 'is a link-local address, and only names are allowed'],
    ['fe80::1%eth0', 'is a link-local address in an unusual notation, and only names are allowed'],
    ['127.0.0.1', 'is a loopback address, and only names are allowed'],
    ['127.1', 'is a loopback address in an unusual notation, and only names are allowed'],
    ['0x7f.1', 'is a loopback address in an unusual notation, and only names are allowed'],
    ['0X7F000001', 'is a loopback address in an unusual notation, and only names are allowed'],
    ['2130706433', 'is a loopback address in an unusual notation, and only names are allowed'],
    ['::1', 'is a loopback address, and only names are allowed'],
    ['[::1]', 'is a loopback address in an unusual notation, and only names are allowed'],
    ['0', 'is an unspecified address in an unusual notation, and only names are allowed'],
    ['0.0.0.0', 'is an unspecified address, and only names are allowed'],
    ['127.0.0.1:80', 'is an IP address in an unusual notation, and only names are allowed'],
    ['010.1', 'is an IP address in an unusual notation, and only names are allowed'],
    ['localhost', 'is a name of this machine'],
    ['LOCALHOST.', 'is a name of this machine'],
    ['a.localhost', 'is a name of this machine'],
    ['localhost.localdomain', 'is a name of this machine'],
    ['localhost6.localdomain6', 'is a name of this machine'],
    ['ip6-localhost', 'is a name of this machine'],
    ['ip6-loopback', 'is a name of this machine'],
    ['metadata.google.internal', 'is the metadata service of a cloud'],
    ['Metadata.Google.Internal.', 'is the metadata service of a cloud'],
    ['metadata', 'is the metadata service of a cloud'],
    ['metadata.goog', 'is the metadata service of a cloud'],
    ['instance-data', 'is the metadata service of a cloud'],
    ['instance-data.ec2.internal', 'is the metadata service of a cloud'],
    ['metadata.azure.internal', 'is the metadata service of a cloud'],
    ['metadata.tencentyun.com', 'is the metadata service of a cloud'],
    ['lvh.me', 'is a name that leads to this machine'],
    ['app.localtest.me', 'is a name that leads to this machine'],
    ['127.0.0.1.nip.io', 'holds an address that is a loopback address'],
    ['app.169.254.169.254.nip.io', 'holds an address that is a link-local address'],
    ['app-127-0-0-1.sslip.io', 'holds an address that is a loopback address'],
    ['7f000001.nip.io', 'holds an address that is a loopback address'],
    ['app-a9fea9fe.nip.io', 'holds an address that is a link-local address'],
    ['0--1.sslip.io', 'holds an address that is a loopback address'],
    ['fd00-ec2--254.sslip.io', 'holds an address that is the metadata service of a cloud'],
  ])('refuses %j, because it %s', (text, reason) => {
    expect(judgeExternalName(text)).toEqual({ ok: false, error: { code: 'ExternalNameForbidden', reason } });
  });

  it.each([
    '10.0.0.1',
    '2001:db8::1',
    '*.example.com',
    'a b',
    'a;b',
    '',
    '.',
    'example.com/path',
    'example.com:80',
    'xn--a.com',
  ])('takes %j for no name', (text) => {
    expect(codeOf(text)).toBe('ExternalNameInvalid');
  });

  it('refuses every way to write a dangerous address', () => {
    const byte = (value: number): fc.Arbitrary<string> =>
      fc.constantFrom(String(value), `0x${value.toString(16)}`, `0X${value.toString(16)}`, `0${value.toString(8)}`);
    const dangerous = fc.oneof(
      fc.tuple(fc.constant(127), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
      fc.constantFrom([100, 100, 100, 200], [192, 0, 0, 192]),
    );
    const written = dangerous.chain(([a = 0, b = 0, c = 0, d = 0]) => {
      const [two, three, four] = [c * 256 + d, (b * 256 + c) * 256 + d, ((a * 256 + b) * 256 + c) * 256 + d];
      return fc.oneof(
        fc.tuple(byte(a), byte(b), byte(c), byte(d)),
        fc.tuple(byte(a), byte(b), byte(two)),
        fc.tuple(byte(a), byte(three)),
        fc.tuple(byte(four)),
      );
    });
    fc.assert(
      fc.property(written, fc.constantFrom('', '.'), (parts, end) => {
        expect(codeOf(parts.join('.') + end)).toBe('ExternalNameForbidden');
      }),
    );
  });

  it('answers any text, and takes none that is no plain name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const judged = judgeExternalName(text);
        if (judged.ok) expect(judged.value).toMatch(/^[a-z0-9.-]+$/);
        else expect(judged.error.reason).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });
});
