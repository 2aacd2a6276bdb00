/**
 * Duty: certificates with their keys on disk, and keys of session tickets, in files that are named by content and never
 * rewritten, and the links that lead to certificates. Must not know who follows a link, nor whether nginx can use what it leads to.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Bundle } from '@gatehouse/nginx';
import { plainName } from './plain-name.ts';
import type { RuntimeLayout } from './runtime-layout.ts';
import { isSystemError } from './system-error.ts';
import { writeFileWhole } from './write-file-whole.ts';

/** A link and the file that it leads to, or has to; both are names in the directory of keys. */
export interface KeyLink {
  readonly link: string;
  readonly file: string;
}

export interface KeyStore {
  /**
   * Writes the certificates and keys that are not there yet, and makes the links, that of the default last. Links that are there and
   * that the configuration which runs has among `followed` stay as they are; the answer are those of them that lead
   * elsewhere than the bundle says.
   */
  write(bundle: Bundle, followed: Pick<ReadonlySet<string>, 'has'>): Promise<readonly KeyLink[]>;
  /** Whether every certificate and key is there. */
  has(bundle: Bundle): Promise<boolean>;
  /** Where a link leads; undefined when there is none. */
  leadsTo(link: string): Promise<string | undefined>;
  /** Lets a link lead elsewhere, in one step. */
  point(to: KeyLink): Promise<void>;
  /** Removes all but these files and links, and what these links lead to. */
  keepOnly(names: readonly string[]): Promise<void>;
}

const READERS_MODE = 0o640;

/** `readers`: id of the group whose members may read the files, beside the owner; undefined: nobody else. */
export function createKeyStore(layout: RuntimeLayout, readers?: number): KeyStore {
  return new FileKeyStore(layout, readers);
}

class FileKeyStore implements KeyStore {
  readonly #layout: RuntimeLayout;
  readonly #readers: number | undefined;
  /** Files that this process wrote or looked at: readable by whom it should be. */
  readonly #right = new Set<string>();
  /** Where links lead, once looked at: nobody else changes them, though one may be lost. A look at each costs half a second for 10,000. */
  readonly #leads = new Map<string, string>();

  constructor(layout: RuntimeLayout, readers: number | undefined) {
    this.#layout = layout;
    this.#readers = readers;
  }

  async write(bundle: Bundle, followed: Pick<ReadonlySet<string>, 'has'>): Promise<readonly KeyLink[]> {
    const present = new Set(await readdir(this.#layout.keys));
    for (const [name, { pem }] of bundle.certificates) await this.#writeOnce(plainName(name), pem, present);
    for (const [name, key] of bundle.ticketKeys ?? []) {
      // Only who starts nginx reads them.
      if (!present.has(name)) await writeFileWhole(join(this.#layout.keys, plainName(name)), key, 0o600);
    }
    const outdated: KeyLink[] = [];
    for (const [link, certificate] of bundle.certificateLinks) {
      const file = certificate === undefined ? await this.#writeDefault(present) : `${certificate.id}.pem`;
      const before = present.has(link) ? await this.leadsTo(link) : undefined;
      if (before === file) continue;
      // What nobody follows may be of a Secret that was gone, and is there again with another key.
      if (before === undefined || !followed.has(link)) await this.point({ link, file });
      else outdated.push({ link, file });
    }
    return outdated;
  }

  async has(bundle: Bundle): Promise<boolean> {
    const present = new Set(await readdir(this.#layout.keys));
    return [...bundle.certificates.keys(), ...(bundle.ticketKeys?.keys() ?? [])].every((name) => present.has(name));
  }

  async leadsTo(link: string): Promise<string | undefined> {
    const known = this.#leads.get(link);
    if (known !== undefined) return known;
    try {
      const file = await readlink(join(this.#layout.keys, plainName(link)));
      this.#leads.set(link, file);
      return file;
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async point({ link, file }: KeyLink): Promise<void> {
    const path = join(this.#layout.keys, plainName(link));
    const beside = `${path}.${randomBytes(6).toString('hex')}.part`;
    try {
      await symlink(plainName(file), beside);
      this.#leads.delete(link);
      await rename(beside, path);
      this.#leads.set(link, file);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  }

  async keepOnly(names: readonly string[]): Promise<void> {
    const used = new Set(names).add(basename(this.#layout.defaultCertificate));
    for (const name of names) {
      const file = name.endsWith('.live') ? await this.leadsTo(name) : undefined;
      if (file !== undefined) used.add(file);
    }
    for (const name of await readdir(this.#layout.keys)) {
      if (used.has(name)) continue;
      await rm(join(this.#layout.keys, name), { force: true });
      this.#right.delete(name);
      this.#leads.delete(name);
    }
  }

  /** The self-signed certificate by its content, as the others: its own file may be another one next year. */
  async #writeDefault(present: ReadonlySet<string>): Promise<string> {
    const pem = await readFile(this.#layout.defaultCertificate);
    const name = `${createHash('sha256').update(pem).digest('hex')}.pem`;
    await this.#writeOnce(name, pem, present);
    return name;
  }

  /** A file that is there is never written again: its name tells its content. */
  async #writeOnce(name: string, pem: Uint8Array, present: ReadonlySet<string>): Promise<void> {
    const file = join(this.#layout.keys, name);
    if (present.has(name) && this.#right.has(name)) return;
    if (!present.has(name) || !(await this.#isReadable(file))) {
      const access = this.#readers === undefined ? 0o600 : { mode: READERS_MODE, group: this.#readers };
      await writeFileWhole(file, pem, access);
    }
    this.#right.add(name);
  }

  /** Whether those who should can read the file: what was written before for nobody else has to be written again. */
  async #isReadable(file: string): Promise<boolean> {
    if (this.#readers === undefined) return true;
    const { gid, mode } = await stat(file);
    return gid === this.#readers && (mode & 0o777) === READERS_MODE;
  }
}
