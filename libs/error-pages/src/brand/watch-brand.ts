/**
 * Duty: following a brand directory: what is saved there is live soon, what is broken is told once and changes nothing.
 */
import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileVersion } from './brand-directory.ts';
import { unexpectedProblem, type BrandProblem } from './brand-problem.ts';
import type { Brand } from './brand.ts';
import { DirectoryEvents } from './directory-events.ts';
import type { BrandReading, LoadedBrand } from './load-brand.ts';

interface BrandListener {
  /** A brand that can be used; also when it is the first, or good again as it was before a mistake. */
  onBrand(loaded: LoadedBrand): void;
  /** Why what is in the directory now cannot be used. The brand before, if there is one, goes on. */
  onProblem(problems: readonly BrandProblem[]): void;
}

export interface BrandWatch {
  close(): Promise<void>;
}

export interface WatchBrandOptions extends BrandListener {
  /** What brand.yaml leaves out. */
  readonly standard: Brand;
  /** Events can be missed (network file systems, limits of the system), so every so often the files are looked at. */
  readonly rescanMs?: number;
}

/** Events of one save come in a burst, and an editor may take a file away before it writes it again. */
const burstMs = 50;
const defaultRescanMs = 5000;

/**
 * Follows files, links and whole replacements of `directory`, such as the `..data` link of a mounted ConfigMap. Resolves
 * after the first look, of which the listener has been told then. Never rejects.
 */
export async function watchBrand(directory: string, options: WatchBrandOptions): Promise<BrandWatch> {
  const follower = new BrandFollower(directory, options);
  await follower.look('read');
  return { close: () => follower.close() };
}

class BrandFollower {
  readonly #directory: string;
  readonly #options: WatchBrandOptions;
  readonly #watch: DirectoryEvents;
  /** The digest of what was told last, so that the same is not told twice. */
  #told = '';
  #versions: BrandReading['versions'] = new Map();
  /** The folder that each file was in last, by its name: it may come back there. */
  readonly #places = new Map<string, string>();
  #looking: Promise<void> | undefined;
  #wanted: 'nothing' | 'read' | 'readIfChanged' = 'nothing';
  #burst: NodeJS.Timeout | undefined;
  #rescan: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(directory: string, options: WatchBrandOptions) {
    this.#directory = directory;
    this.#options = options;
    this.#watch = new DirectoryEvents(() => {
      this.#burst ??= setTimeout(() => void this.look('read'), burstMs);
    });
  }

  /** Looks now, or once more when a look is under way. */
  look(how: 'read' | 'readIfChanged'): Promise<void> {
    if (this.#wanted !== 'read') this.#wanted = how;
    this.#looking ??= this.#lookWhileWanted().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watch.close();
    clearTimeout(this.#burst);
    clearTimeout(this.#rescan);
    await this.#looking;
  }

  async #lookWhileWanted(): Promise<void> {
    while (this.#wanted !== 'nothing' && !this.#isClosed) {
      const how = this.#wanted;
      this.#wanted = 'nothing';
      clearTimeout(this.#burst);
      clearTimeout(this.#rescan);
      this.#burst = undefined;
      const isNew = this.#follow();
      if (how === 'read' || isNew || (await this.#hasChanged())) await this.#read();
      this.#scheduleRescan();
    }
  }

  #scheduleRescan(): void {
    if (this.#isClosed) return;
    this.#rescan = setTimeout(() => void this.look('readIfChanged'), this.#options.rescanMs ?? defaultRescanMs);
  }

  async #hasChanged(): Promise<boolean> {
    for (const [name, version] of this.#versions) {
      if ((await fileVersion(join(this.#directory, name))) !== version) return true;
    }
    return false;
  }

  async #read(): Promise<void> {
    // With it come the readers of YAML and of its schema, memory that a program without a directory is spared.
    const { loadBrand } = await import('./load-brand.ts');
    const { result, versions, digest } = await loadBrand(this.#directory, this.#options.standard);
    this.#versions = versions;
    for (const name of this.#places.keys()) if (!versions.has(name)) this.#places.delete(name);
    // What happened there until now was not told.
    if (this.#follow()) this.#wanted = 'read';
    if (this.#isClosed || digest === this.#told) return;
    this.#told = digest;
    try {
      if (result.ok) this.#options.onBrand(result.value);
      else this.#options.onProblem(result.error);
    } catch (error) {
      this.#options.onProblem([unexpectedProblem(error)]);
    }
  }

  /** Watches where the files are, and what holds the directory, since it can be replaced. True when a place is new. */
  #follow(): boolean {
    if (this.#isClosed) return false;
    const directory = resolve(this.#directory);
    for (const name of this.#versions.keys()) {
      const place = placeOf(join(directory, name)) ?? this.#places.get(name);
      if (place !== undefined) this.#places.set(name, place);
    }
    const folders = [...this.#versions.keys()].map((name) => dirname(join(directory, name)));
    const whole = [directory, ...folders, ...this.#places.values()].map((folder) => [folder, undefined] as const);
    return this.#watch.follow(new Map([[dirname(directory), basename(directory)], ...whole]));
  }
}

/** The folder that the file really lies in: an edit there is no event of the folder that has the link. */
function placeOf(path: string): string | undefined {
  try {
    return dirname(realpathSync(path));
  } catch {
    return undefined;
  }
}
