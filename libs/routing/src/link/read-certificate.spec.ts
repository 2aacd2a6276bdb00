import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aSecret, makeCertificate, makeUnusualCertificate, type CertificatePair } from '@gatehouse/testing';
import { readCertificate } from './read-certificate.ts';

let pair: CertificatePair;
let other: CertificatePair;
let ca: CertificatePair;

beforeAll(async () => {
  [pair, other, ca] = await Promise.all([
    makeCertificate({ hosts: ['cafe.example.com', '*.wild.example.com'] }),
    makeCertificate({ hosts: ['other.example.com'] }),
    makeCertificate({ hosts: ['ca'], usage: 'ca' }),
  ]);
});

const read = (crt: string | Uint8Array, key: string | Uint8Array) =>
  readCertificate(aSecret({ data: { 'tls.crt': crt, 'tls.key': key } }));

describe('readCertificate', () => {
  it('gives the chain and the key in one normal form, whatever stands around them', () => {
    const plain = read(pair.certPem + ca.certPem, pair.keyPem);
    const noisy = read(
      `subject=/CN=x\r\n${pair.certPem.replaceAll('\n', '\r\n')}junk\n${ca.certPem}`,
      `\n${pair.keyPem}\n`,
    );
    if (!plain.ok || !noisy.ok) throw new Error('both are good');
    expect(noisy.value.certificate).toEqual(plain.value.certificate);
    const pem = Buffer.from(plain.value.certificate.pem).toString();
    expect(pem.match(/-----BEGIN [A-Z ]+-----/g)).toEqual([
      '-----BEGIN CERTIFICATE-----',
      '-----BEGIN CERTIFICATE-----',
      '-----BEGIN PRIVATE KEY-----',
    ]);
    expect(plain.value.certificate).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      secret: 'default/secret',
    });
  });

  it('refuses a chain that is longer than any that a client would take, so that few Secrets cannot fill the volume', () => {
    const most = Math.floor((64 * 1024) / pair.certPem.trim().length);
    expect(read(pair.certPem.repeat(most), pair.keyPem).ok).toBe(true);
    expect(read(pair.certPem.repeat(most + 1), pair.keyPem)).toEqual({
      ok: false,
      error: 'has certificates of more than 64 KiB in tls.crt',
    });
  });

  it('has another id for another chain', () => {
    const [short, long] = [read(pair.certPem, pair.keyPem), read(pair.certPem + ca.certPem, pair.keyPem)];
    if (!short.ok || !long.ok) throw new Error('both are good');
    expect(short.value.certificate.id).not.toBe(long.value.certificate.id);
  });

  it.each([
    ['cafe.example.com', true],
    ['other.example.com', false],
    ['a.wild.example.com', true],
    ['a.b.wild.example.com', false],
    ['wild.example.com', false],
    ['*.wild.example.com', true],
    ['*.example.com', false],
    ['', true],
  ])('covers %j: %j', (host, expected) => {
    const made = read(pair.certPem, pair.keyPem);
    expect(made.ok && made.value.coversHost(host)).toBe(expected);
  });

  it('does not take a certificate for one name as one for all names below', async () => {
    const one = await makeCertificate({ hosts: ['any.example.com'] });
    const made = read(one.certPem, one.keyPem);
    expect(made.ok && made.value.coversHost('*.example.com')).toBe(false);
  });

  it('tells when it begins and ends', async () => {
    const [notBefore, notAfter] = [new Date('2030-01-02T03:04:05Z'), new Date('2031-01-02T03:04:05Z')];
    const short = await makeCertificate({ hosts: ['a.example'], notBefore, notAfter });
    const value = { notBeforeMs: notBefore.getTime(), notAfterMs: notAfter.getTime() };
    expect(read(short.certPem, short.keyPem)).toMatchObject({ ok: true, value });
  });

  describe('judges keys as OpenSSL does at its usual security level', () => {
    const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
    const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
    const dsa = () => generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 });
    const smallCurve = 'has a key on an elliptic curve that is unknown or of less than 224 bits';

    it.each([
      ['RSA of 1024 bits', () => rsa(1024), 'has an RSA key of 1024 bits, and 2048 is the least'],
      ['RSA of 2048 bits', () => rsa(2048), undefined],
      ['RSA-PSS of 2048 bits', () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }), undefined],
      ['prime192v1', () => ec('prime192v1'), smallCurve],
      ['c2pnb208w1', () => ec('c2pnb208w1'), smallCurve],
      ['brainpoolP160r1', () => ec('brainpoolP160r1'), smallCurve],
      ['secp224r1', () => ec('secp224r1'), undefined],
      ['secp256k1', () => ec('secp256k1'), undefined],
      ['brainpoolP512r1', () => ec('brainpoolP512r1'), undefined],
      ['P-256', () => ec('P-256'), undefined],
      ['P-384', () => ec('P-384'), undefined],
      ['P-521', () => ec('P-521'), undefined],
      ['Ed25519', () => generateKeyPairSync('ed25519'), undefined],
      ['Ed448', () => generateKeyPairSync('ed448'), undefined],
      ['DSA', dsa, 'has a key that is neither RSA, ECDSA nor EdDSA'],
    ])('%s', async (_, makeKeys, expected) => {
      const { certPem, keyPem } = await makeUnusualCertificate(makeKeys());
      const made = read(certPem, keyPem);
      expect(made.ok ? undefined : made.error).toBe(expected);
      const behind = read(pair.certPem + certPem, pair.keyPem);
      expect(behind.ok ? undefined : behind.error).toBe(expected);
    });
  });

  it('takes no key that makes every handshake of a client expensive', async () => {
    // Any odd number will do as a modulus when nobody computes with it; a real one would take long to find.
    const n = Buffer.alloc(8200 / 8, 0xff).toString('base64url');
    const publicKey = createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { certPem } = await makeUnusualCertificate({ publicKey, privateKey });
    const made = read(pair.certPem + certPem, pair.keyPem);
    expect(made).toEqual({ ok: false, error: 'has an RSA key of 8200 bits, and 8192 is the most' });
  });

  describe('judges signatures as OpenSSL 3.0 does', () => {
    const weak = 'has a certificate that is signed with MD5 or SHA-1';

    it.each([
      [{ name: 'ECDSA', hash: 'SHA-1' }, weak],
      [{ name: 'ECDSA', hash: 'SHA-256' }, undefined],
      [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-1' }, weak],
      [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, undefined],
      [{ name: 'RSA-PSS', hash: 'SHA-1' }, weak],
      [{ name: 'RSA-PSS', hash: 'SHA-256' }, undefined],
    ] as const)('%j', async (signature, expected) => {
      const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const { certPem, keyPem } = await makeUnusualCertificate(keys, signature);
      const made = read(certPem, keyPem);
      expect(made.ok ? undefined : made.error).toBe(expected);
      const behind = read(pair.certPem + certPem, pair.keyPem);
      expect(behind.ok ? undefined : behind.error).toBe(expected);
    });
  });

  it('names what is wrong', () => {
    const reason = (crt: string, key: string) => {
      const made = read(crt, key);
      return made.ok ? undefined : made.error;
    };
    const encrypted = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'secret',
    });
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    expect(reason('', pair.keyPem)).toBe('has no PEM certificate in tls.crt');
    expect(reason(pair.keyPem, pair.keyPem)).toBe('has no PEM certificate in tls.crt');
    expect(reason(broken, pair.keyPem)).toBe('has something in tls.crt (certificate 1) that is not a certificate');
    expect(reason(pair.certPem + broken, pair.keyPem)).toBe(
      'has something in tls.crt (certificate 2) that is not a certificate',
    );
    expect(reason(pair.certPem, '')).toBe('has no PEM private key in tls.key');
    expect(reason(pair.certPem, pair.certPem)).toBe('has something in tls.key that is not a private key');
    expect(reason(pair.certPem, encrypted.toString())).toBe('has an encrypted tls.key');
    expect(reason(pair.certPem, other.keyPem)).toBe(
      'has a tls.key that does not belong to the first certificate of tls.crt',
    );
    expect(reason(ca.certPem + pair.certPem, pair.keyPem)).toBe(
      'has a tls.key that does not belong to the first certificate of tls.crt',
    );
    expect(readCertificate(aSecret())).toEqual({ ok: false, error: 'lacks tls.crt or tls.key' });
  });

  it('never throws and never shows the key, whatever bytes a Secret has', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const mangled = fc.tuple(fc.nat(600), fc.string({ unit: 'binary', maxLength: 3 })).map(([at, text]) => {
      return pair.keyPem.slice(0, at) + text + pair.keyPem.slice(at + 1);
    });
    fc.assert(
      fc.property(fc.oneof(bytes, fc.constant(pair.certPem)), fc.oneof(bytes, mangled), (crt, key) => {
        const made = read(crt, key);
        if (!made.ok) expect(made.error).not.toMatch(/[A-Za-z0-9+/]{20}/);
      }),
    );
  });
});
