import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueServing, makeAuthority, type CertificateAndKey } from '@gatehouse/certificates';
import { FakeClock, RecordingLogger } from '@gatehouse/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fileIdentity } from './file-identity.ts';

let directory = '';
let clock: FakeClock;
let logger: RecordingLogger;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gatehouse-identity-'));
  clock = new FakeClock();
  logger = new RecordingLogger();
});
afterEach(() => rm(directory, { recursive: true }));

async function pairOf(name: string, lifeMs = 86_400_000): Promise<CertificateAndKey> {
  const life = { nowMs: clock.nowMs(), lifeMs };
  const authority = await makeAuthority({ commonName: 'tests', ...life });
  return issueServing({ authority, commonName: name, dnsNames: [name], ipAddresses: [], ...life });
}
const certificateFile = (): string => join(directory, 'tls.crt');
const keyFile = (): string => join(directory, 'tls.key');

async function write({ certPem, keyPem }: CertificateAndKey): Promise<void> {
  await writeFile(certificateFile(), certPem);
  await writeFile(keyFile(), keyPem);
}

async function start() {
  const identity = fileIdentity({ certificateFile: certificateFile(), keyFile: keyFile(), clock, logger });
  await identity.start();
  return identity;
}

/** Lets the files be looked at. */
async function looks(count = 1): Promise<void> {
  for (let look = 0; look < count; look += 1) {
    await clock.advance(1000);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

describe('an identity in files', () => {
  it('is what they hold, and what they hold later', async () => {
    const [first, second] = await Promise.all([pairOf('a.test'), pairOf('b.test')]);
    await write(first);
    const identity = await start();
    expect(identity.current()).toEqual(first);
    expect(identity.whyUnready()).toBeUndefined();
    let told = 0;
    identity.onChange(() => (told += 1));
    await write(second);
    await looks(2);
    expect(identity.current()).toEqual(second);
    expect([told, identity.facts().changes]).toEqual([1, 1]);
    await identity.stop();
  });

  it('follows the link that kubelet switches', async () => {
    const [first, second] = await Promise.all([pairOf('a.test'), pairOf('b.test')]);
    const version = async (name: string, { certPem, keyPem }: CertificateAndKey): Promise<void> => {
      await mkdir(join(directory, name));
      await writeFile(join(directory, name, 'tls.crt'), certPem);
      await writeFile(join(directory, name, 'tls.key'), keyPem);
      await symlink(name, join(directory, '..data_tmp'));
      await rename(join(directory, '..data_tmp'), join(directory, '..data'));
    };
    await version('..1', first);
    await symlink('..data/tls.crt', certificateFile());
    await symlink('..data/tls.key', keyFile());
    const identity = await start();
    await version('..2', second);
    await looks();
    expect(identity.current()).toEqual(second);
    await identity.stop();
  });

  it('is not ready while there are no files, says so once, and is as soon as there are', async () => {
    const identity = await start();
    expect(identity.whyUnready()).toBe('the files of the certificate could not be read yet');
    await looks(5);
    expect(logger.messages('error')).toEqual(['The certificate cannot be used, it is looked for again until it can']);
    expect(logger.entries[0]?.data).toEqual({ reason: `${certificateFile()} cannot be read (ENOENT)` });
    await write(await pairOf('a.test'));
    await looks(2);
    expect(identity.whyUnready()).toBeUndefined();
    expect(identity.facts().changes).toBe(0);
    await identity.stop();
  });

  it.each<
    [string, (file: { readonly cert: string; readonly key: string }, other: CertificateAndKey) => Promise<void>, RegExp]
  >([
    ['a key of another certificate', ({ key }, { keyPem }) => writeFile(key, keyPem), /belongs to another certificate/],
    ['half a certificate', ({ cert }, { certPem }) => writeFile(cert, certPem.slice(0, 300)), /holds no certificate/],
    ['an empty key', ({ key }) => writeFile(key, ''), /holds no private key/],
    ['a file that is gone', ({ key }) => rm(key), /cannot be read \(ENOENT\)/],
    [
      'far too many bytes',
      ({ cert }) => writeFile(cert, 'x'.repeat(300_000)),
      /has 300000 bytes, at most 262144 are read/,
    ],
    [
      'garbage behind the certificate',
      ({ cert }, { certPem }) =>
        writeFile(cert, `${certPem}-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n`),
      /belongs to another|OpenSSL cannot serve/,
    ],
  ])('stays what it was with %s, and says that once', async (_, spoil, reason) => {
    const [good, other] = await Promise.all([pairOf('a.test'), pairOf('b.test')]);
    await write(good);
    const identity = await start();
    await spoil({ cert: certificateFile(), key: keyFile() }, other);
    await looks(6);
    expect(identity.current()).toEqual(good);
    const errors = logger.entries.filter(({ level }) => level === 'error');
    expect(errors).toMatchObject([{ message: 'The new certificate cannot be used, the one before it stays' }]);
    expect(errors[0]?.data['reason']).toMatch(reason);
    expect(identity.facts().failures.get('read')).toBe(1);
    expect(JSON.stringify(logger.entries)).not.toMatch(/PRIVATE KEY|MII|MIG/);
    await write(other);
    await looks(2);
    expect(identity.current()).toEqual(other);
    await identity.stop();
  });

  it('says nothing of a pair that is written one file after the other', async () => {
    const [first, second] = await Promise.all([pairOf('a.test'), pairOf('b.test')]);
    await write(first);
    const identity = await start();
    await writeFile(keyFile(), second.keyPem);
    await looks();
    expect(identity.current()).toEqual(first);
    await writeFile(certificateFile(), second.certPem);
    await looks();
    expect(identity.current()).toEqual(second);
    expect(logger.messages('error')).toEqual([]);
    await identity.stop();
  });

  it('warns once before the certificate ends, and once when it has', async () => {
    const pair = await pairOf('a.test', 60_000);
    await write(pair);
    const identity = await start();
    await clock.advance(45_000);
    await looks(2);
    expect(logger.messages('warn')).toEqual([]);
    await clock.advance(5000);
    await looks(3);
    expect(logger.messages('warn')).toEqual(['The certificate of the webhook ends soon, and there is no newer one']);
    await clock.advance(5000);
    await looks(3);
    expect(logger.messages('error')).toEqual(['The certificate of the webhook has ended, and there is no newer one']);
    expect(identity.current()).toEqual(pair);
    await identity.stop();
  });
});
