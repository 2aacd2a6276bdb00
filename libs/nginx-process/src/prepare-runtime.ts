/**
 * Duty: making the runtime directory such that nginx can work in it: its parts, rights, the default certificate.
 */
import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeSelfSignedCertificate } from '@gatehouse/certificates';
import type { RuntimeLayout } from './runtime-layout.ts';
import { writeFileWhole } from './write-file-whole.ts';

const DEFAULT_CERTIFICATE = {
  commonName: 'Gatehouse default certificate',
  dnsNames: ['gatehouse.invalid'],
  ipAddresses: [],
  validDays: 365,
};
const OTHERS_MAY_PASS = 0o001;

/**
 * Makes what is missing; does nothing when all is there. `isRoot`: worker processes run as another user then, so they
 * have to be let through to their temporary files. Throws when the directory cannot be used, saying why.
 */
export async function prepareRuntime(layout: RuntimeLayout, { isRoot }: { readonly isRoot: boolean }): Promise<void> {
  await mkdir(layout.generations, { recursive: true, mode: 0o755 });
  await mkdir(layout.temporary, { recursive: true, mode: 0o755 });
  await mkdir(layout.certificates, { recursive: true, mode: 0o700 });
  if (isRoot) await letWorkersPass(layout);
  await ensureDefaultCertificate(layout.defaultCertificate);
}

async function letWorkersPass(layout: RuntimeLayout): Promise<void> {
  const { mode } = await stat(layout.directory);
  if ((mode & OTHERS_MAY_PASS) === 0) await chmod(layout.directory, (mode & 0o7777) | OTHERS_MAY_PASS);
  for (let parent = dirname(layout.directory); parent !== dirname(parent); parent = dirname(parent)) {
    const { mode: parentMode } = await stat(parent);
    if ((parentMode & OTHERS_MAY_PASS) !== 0) continue;
    throw new Error(
      `nginx' worker processes cannot reach ${layout.directory}, because ${parent} lets no other user pass`,
    );
  }
}

async function ensureDefaultCertificate(file: string): Promise<void> {
  if (await isUsable(file)) return;
  const { certPem, keyPem } = await makeSelfSignedCertificate(DEFAULT_CERTIFICATE);
  await writeFileWhole(file, certPem + keyPem, 0o600);
}

async function isUsable(file: string): Promise<boolean> {
  try {
    return new X509Certificate(await readFile(file)).validToDate.getTime() > Date.now();
  } catch {
    return false;
  }
}
