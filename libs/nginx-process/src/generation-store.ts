/**
 * Duty: generations of nginx' configuration on disk: writing one, choosing which is current, removing the others.
 * Must not know whether nginx likes them.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Bundle } from '@gatehouse/nginx';
import type { KeyLink, KeyStore } from './key-store.ts';
import { plainName } from './plain-name.ts';
import { readCurrent } from './current-generation.ts';
import { linkTo } from './link-to.ts';
import { bridgeConfig, type RuntimeLayout } from './runtime-layout.ts';
import { isSystemError } from './system-error.ts';
import { writeFileWhole } from './write-file-whole.ts';

export interface GenerationStore {
  /**
   * Writes all files of a generation, and the certificates and links that are not there yet; nothing refers to it yet. The
   * answer are links of the current generation that lead elsewhere than the bundle says.
   */
  write(bundle: Bundle): Promise<readonly KeyLink[]>;
  /** Writes the certificates alone, as `write` does. */
  writeKeys(bundle: Bundle): Promise<readonly KeyLink[]>;
  /** Links of the current generation that a bundle does not have. */
  linksBeyond(bundle: Bundle): Promise<readonly string[]>;
  /** Writes the way to a generation, or sees that there is none. */
  writeBridge(digest: string, bridge: NonNullable<Bundle['bridge']>): Promise<void>;
  /** The digest that `current` leads to; undefined when there is none. */
  current(): Promise<string | undefined>;
  /** Makes a written generation the current one in one step; undefined: none. */
  switchTo(digest: string | undefined): Promise<void>;
  /** Removes all generations but these, and the certificates that none of them has. */
  keepOnly(digests: readonly (string | undefined)[]): Promise<void>;
}

/** In each generation: the names of its certificates, or of the links to them, and of ticket keys, a line each, so that a later process knows what it needs. */
const CERTIFICATE_LIST = 'certificates.txt';

export function createGenerationStore(layout: RuntimeLayout, keys: KeyStore): GenerationStore {
  return new FileGenerationStore(layout, keys);
}

class FileGenerationStore implements GenerationStore {
  readonly #layout: RuntimeLayout;
  readonly #keys: KeyStore;

  constructor(layout: RuntimeLayout, keys: KeyStore) {
    this.#layout = layout;
    this.#keys = keys;
  }

  async writeKeys(bundle: Bundle): Promise<readonly KeyLink[]> {
    return this.#keys.write(bundle, new Set(await this.#certificatesOf(await this.current())));
  }

  async write(bundle: Bundle): Promise<readonly KeyLink[]> {
    const outdated = await this.writeKeys(bundle);
    const directory = join(this.#layout.generations, plainName(bundle.digest));
    await mkdir(directory, { recursive: true, mode: 0o755 });
    for (const [name, text] of bundle.files) await writeFileWhole(join(directory, plainName(name)), text, 0o644);
    await writeFileWhole(join(directory, CERTIFICATE_LIST), namesOfKeys(bundle).join('\n'), 0o644);
    return outdated;
  }

  async linksBeyond({ certificateLinks }: Bundle): Promise<readonly string[]> {
    const names = await this.#certificatesOf(await this.current());
    return names.filter((name) => name.endsWith('.live') && !certificateLinks.has(name));
  }

  async writeBridge(digest: string, bridge: NonNullable<Bundle['bridge']>): Promise<void> {
    const ends = { from: plainName(bridge.from), to: plainName(digest) };
    await writeFileWhole(bridgeConfig(this.#layout, ends), bridge.text(), 0o644);
  }

  async current(): Promise<string | undefined> {
    return readCurrent(this.#layout);
  }

  async switchTo(digest: string | undefined): Promise<void> {
    if (digest === undefined) {
      await rm(this.#layout.current, { force: true });
      return;
    }
    await linkTo(this.#layout.current, join(basename(this.#layout.generations), digest));
  }

  async keepOnly(digests: readonly (string | undefined)[]): Promise<void> {
    const kept = new Set(digests);
    for (const name of await readdir(this.#layout.generations)) {
      if (!kept.has(name)) await rm(join(this.#layout.generations, name), { recursive: true, force: true });
    }
    const lists = await Promise.all([...kept].map((digest) => this.#certificatesOf(digest)));
    await this.#keys.keepOnly(lists.flat());
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
}

/** What has to be in the directory of keys: where there are links, what they lead to is theirs to say. */
function namesOfKeys({ certificates, certificateLinks, ticketKeys }: Bundle): readonly string[] {
  return [...(certificateLinks.size === 0 ? certificates : certificateLinks).keys(), ...(ticketKeys?.keys() ?? [])];
}
