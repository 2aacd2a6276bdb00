/**
 * Duty: generations of nginx' configuration on disk: writing one, choosing which is current, removing the others.
 * Must not know whether nginx likes them.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Bundle } from '@gatehouse/nginx';
import { readCurrent } from './current-generation.ts';
import type { RuntimeLayout } from './runtime-layout.ts';
import { isSystemError } from './system-error.ts';
import { writeFileWhole } from './write-file-whole.ts';

export interface GenerationStore {
  /** Writes all files of a generation, and the certificates that are not there yet; nothing refers to it yet. */
  write(bundle: Bundle): Promise<void>;
  /** Whether `current` leads to it, and every certificate of it is there. */
  isCurrent(bundle: Bundle): Promise<boolean>;
  /** The digest that `current` leads to; undefined when there is none. */
  current(): Promise<string | undefined>;
  /** Makes a written generation the current one in one step; undefined: none. */
  switchTo(digest: string | undefined): Promise<void>;
  /** Removes all generations but these, and the certificates that none of them has. */
  keepOnly(digests: readonly (string | undefined)[]): Promise<void>;
}

/** In each generation: the names of its certificates, a line each, so that a later process knows what it needs. */
const CERTIFICATE_LIST = 'certificates.txt';

export function createGenerationStore(layout: RuntimeLayout): GenerationStore {
  return new FileGenerationStore(layout);
}

class FileGenerationStore implements GenerationStore {
  readonly #layout: RuntimeLayout;

  constructor(layout: RuntimeLayout) {
    this.#layout = layout;
  }

  async write(bundle: Bundle): Promise<void> {
    await this.#writeCertificates(bundle);
    const directory = join(this.#layout.generations, plainName(bundle.digest));
    await mkdir(directory, { recursive: true, mode: 0o755 });
    for (const [name, text] of bundle.files) await writeFileWhole(join(directory, plainName(name)), text, 0o644);
    await writeFileWhole(join(directory, CERTIFICATE_LIST), [...bundle.certificates.keys()].join('\n'), 0o644);
  }

  async isCurrent(bundle: Bundle): Promise<boolean> {
    if ((await this.current()) !== bundle.digest) return false;
    const present = new Set(await readdir(this.#layout.keys));
    return [...bundle.certificates.keys()].every((name) => present.has(name));
  }

  async current(): Promise<string | undefined> {
    return readCurrent(this.#layout);
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
    const lists = await Promise.all([...kept].map((digest) => this.#certificatesOf(digest)));
    const used = new Set(lists.flat()).add(basename(this.#layout.defaultCertificate));
    for (const name of await readdir(this.#layout.keys)) {
      if (!used.has(name)) await rm(join(this.#layout.keys, name), { force: true });
    }
  }

  async #certificatesOf(digest: string | undefined): Promise<readonly string[]> {
    if (digest === undefined) return [];
    try {
      return (await readFile(join(this.#layout.generations, digest, CERTIFICATE_LIST), 'utf8')).split('\n');
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return [];
      throw error;
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
