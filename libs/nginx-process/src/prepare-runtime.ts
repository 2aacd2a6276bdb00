/**
 * Duty: making the parts of the runtime directory such that nginx can work in them: directories, rights, the default
 * certificate. Each side prepares what it writes.
 */
import { X509Certificate } from 'node:crypto';
import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
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
const GROUP_MAY_PASS = 0o710;

/**
 * What the controller writes. Makes what is missing; does nothing when all is there. `readers`: id of the group that may
 * open files in the directory of keys by name.
 */
export async function prepareConfig(
  { generations, keys, defaultCertificate }: RuntimeLayout,
  readers?: number,
): Promise<void> {
  await mkdir(generations, { recursive: true, mode: 0o755 });
  await mkdir(keys, { recursive: true, mode: 0o700 });
  if (readers !== undefined) await letPass(keys, readers);
  await ensureDefaultCertificate(defaultCertificate);
}

/**
 * What nginx itself writes. Makes what is missing. `isRoot`: worker processes run as another user then, so they have to
 * be let through to their temporary files. Throws when the directory cannot be used, saying why.
 */
export async function prepareProxy(layout: RuntimeLayout, { isRoot }: { readonly isRoot: boolean }): Promise<void> {
  await mkdir(layout.temporary, { recursive: true, mode: 0o755 });
  if (isRoot) await letWorkersPass(layout);
}

async function letPass(directory: string, group: number): Promise<void> {
  const { uid, gid, mode } = await stat(directory);
  if (gid === group && (mode & 0o777) === GROUP_MAY_PASS) return;
  await chown(directory, uid, group);
  await chmod(directory, GROUP_MAY_PASS);
}

async function letWorkersPass({ directory, proxy }: RuntimeLayout): Promise<void> {
  for (const own of [proxy, directory]) {
    const { mode } = await stat(own);
    if ((mode & OTHERS_MAY_PASS) === 0) await chmod(own, (mode & 0o7777) | OTHERS_MAY_PASS);
  }
  for (let parent = dirname(directory); parent !== dirname(parent); parent = dirname(parent)) {
    const { mode } = await stat(parent);
    if ((mode & OTHERS_MAY_PASS) !== 0) continue;
    throw new Error(`nginx' worker processes cannot reach ${directory}, because ${parent} lets no other user pass`);
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
