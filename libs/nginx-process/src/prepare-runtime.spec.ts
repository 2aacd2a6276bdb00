import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate, makeNginxSandbox, type NginxSandbox } from '@gatehouse/testing';
import { prepareConfig, prepareProxy } from './prepare-runtime.ts';
import { runtimeLayout } from './runtime-layout.ts';

let sandbox: NginxSandbox;
beforeEach(async () => {
  sandbox = await makeNginxSandbox();
});
afterEach(() => sandbox.remove());

const prepare = async (...parts: string[]) => {
  const layout = runtimeLayout(join(sandbox.directory, ...parts));
  await prepareConfig(layout);
  await prepareProxy(layout, { isRoot: true });
  return layout;
};
const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

describe('preparing the runtime directory', () => {
  it('makes a default certificate with its key', async () => {
    const { defaultCertificate } = await prepare();
    const pem = await readFile(defaultCertificate);
    const certificate = new X509Certificate(pem);
    expect(certificate.subject).toBe('CN=Gatehouse default certificate');
    expect(certificate.checkPrivateKey(createPrivateKey(pem))).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  });

  it('keeps a default certificate that is valid', async () => {
    const { defaultCertificate } = await prepare();
    const before = await readFile(defaultCertificate, 'utf8');
    await prepare();
    expect(await readFile(defaultCertificate, 'utf8')).toBe(before);
  });

  it.each([
    ['expired', async () => (await makeCertificate({ hosts: ['x'], notAfter: new Date(2000, 1) })).certPem],
    ['garbage', async () => 'garbage'],
  ])('makes a new default certificate when the old one is %s', async (_, content) => {
    const { defaultCertificate } = await prepare();
    await writeFile(defaultCertificate, await content());
    await prepare();
    expect(new X509Certificate(await readFile(defaultCertificate)).validToDate.getTime()).toBeGreaterThan(Date.now());
  });

  it("lets nginx' workers pass to their files in a directory that was closed to them", async () => {
    const { directory, proxy, temporary, keys } = await prepare();
    const modes = await Promise.all([directory, proxy, temporary, keys].map(modeOf));
    expect(modes).toEqual(['701', '755', '755', '700']);
  });

  it('says which directory above keeps the workers out', async () => {
    const closed = join(sandbox.directory, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await chmod(sandbox.directory, 0o755);
    await expect(prepare('closed', 'runtime')).rejects.toThrow(`because ${closed} lets no other user pass`);
  });
});
