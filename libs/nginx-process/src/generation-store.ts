/**
 * Duty: generations of nginx' configuration on disk: writing one, choosing which is current, removing the others.
 * Must not know whether nginx likes them.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Bundle } from '@gatehouse/nginx';
import type { RuntimeLayout } from './runtime-layout.ts';
import { isSystemError } from './system-error.ts';
import { writeFileWhole } from './write-file-whole.ts';

export interface GenerationStore {
  /** Writes all files of a generation, and the certificates that are not there yet; nothing refers to it yet. */
  write(bundle: Bundle): Promise<void>;
  /** The digest that `current` leads to; undefined when there is none. */
  current(): Promise<string | undefined>;
  /** Makes a written generation the current one in one step; undefined: none. */
  switchTo(digest: string | undefined): Promise<void>;
  /** Removes all generations but these, and the certificates that none of them has. */
  keepOnly(digests: readonly (string | undefined)[]): Promise<void>;
}

export function createGenerationStore(layout: RuntimeLayout): GenerationStore {
  return new FileGenerationStore(layout);
}

class FileGenerationStore implements GenerationStore {
  readonly #layout: RuntimeLayout;
  /** Digest of each generation written here → names of its certificate files. */
  readonly #certificateNames = new Map<string, readonly string[]>();

  constructor(layout: RuntimeLayout) {
    this.#layout = layout;
  }

  async write(bundle: Bundle): Promise<void> {
    this.#certificateNames.set(bundle.digest, [...bundle.certificates.keys()]);
    await this.#writeCertificates(bundle);
    const directory = join(this.#layout.generations, plainName(bundle.digest));
    await mkdir(directory, { recursive: true, mode: 0o755 });
    for (const [name, text] of bundle.files) await writeFileWhole(join(directory, plainName(name)), text, 0o644);
  }

  async current(): Promise<string | undefined> {
    try {
      return basename(await readlink(this.#layout.current));
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async switchTo(digest: string | undefined): Promise<void> {
    if (digest === undefined) {
      await rm(this.#layout.current, { force: true });
      return;
    }
    const beside = `${this.#layout.current}.${randomBytes(6).toString('hex')}.part`;
    try {
      await symlink(join(basename(this.#layout.generations), digest), beside);
      await rename(beside, this.#layout.current);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  }

  async keepOnly(digests: readonly (string | undefined)[]): Promise<void> {
    const kept = new Set(digests);
    for (const name of await readdir(this.#layout.generations)) {
      if (!kept.has(name)) await rm(join(this.#layout.generations, name), { recursive: true, force: true });
    }
    for (const digest of this.#certificateNames.keys()) if (!kept.has(digest)) this.#certificateNames.delete(digest);
    const used = new Set([...this.#certificateNames.values()].flat()).add(basename(this.#layout.defaultCertificate));
    for (const name of await readdir(this.#layout.keys)) {
      if (!used.has(name)) await rm(join(this.#layout.keys, name), { force: true });
    }
  }

  /** A file that is there is never written again: its name tells its content. */
  async #writeCertificates(bundle: Bundle): Promise<void> {
    if (bundle.certificates.size === 0) return;
    const present = new Set(await readdir(this.#layout.keys));
    for (const [name, certificate] of bundle.certificates) {
      if (present.has(name)) continue;
      await writeFileWhole(join(this.#layout.keys, plainName(name)), certificate.pem, 0o600);
    }
  }
}

/** No name may lead out of its directory, whoever chose it. */
function plainName(name: string): string {
  if (!/^[\w-][\w.-]*$/.test(name)) throw new Error(`Not a plain file name: ${JSON.stringify(name)}`);
  return name;
}
