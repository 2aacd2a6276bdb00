/**
 * Duty: finding the manifest files below the paths that were given, with what tells one version of a file from the
 * next. Reads no file.
 */
import { readdirSync, realpathSync, statSync, type BigIntStats, type Dirent } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { compareText } from '@gatehouse/core';
import type { ManifestProblem } from './place.ts';

/** A file, and its version as far as the file system tells. */
export interface FoundFile {
  readonly kind: 'file';
  readonly path: string;
  /** Differs whenever the content may differ. */
  readonly version: string;
  readonly bytes: number;
  readonly modifiedAtMs: number;
}

/** What could not be looked at. What was read there before is still the best that is known. */
interface Unreadable {
  readonly kind: 'unreadable';
  readonly problem: ManifestProblem;
}

/** A directory to watch. */
export interface FoundDirectory {
  readonly path: string;
  /** Differs when another directory has taken its place. */
  readonly version: string;
  /** Only events of these entries matter; undefined means all. */
  readonly names?: ReadonlySet<string>;
}

export interface Listing {
  /** In order of the paths given, then of their own paths. */
  readonly entries: readonly (FoundFile | Unreadable)[];
  readonly directories: readonly FoundDirectory[];
}

const MANIFEST = /\.(?:ya?ml|json)$/;

/**
 * Lists the `.yaml`, `.yml` and `.json` files below `roots`, subfolders included, without dot files and dot folders.
 * Symlinks are followed (Kubernetes mounts a ConfigMap as symlinks into `..data`); each directory and file counts once,
 * which also ends loops. A root that is a file is taken whatever its name.
 */
export function listManifestFiles(roots: readonly string[]): Listing {
  const walk = new Walk();
  for (const root of roots) walk.addRoot(root);
  return { entries: walk.entries, directories: walk.directories() };
}

class Walk {
  readonly entries: (FoundFile | Unreadable)[] = [];
  readonly #seen = new Set<string>();
  readonly #whole = new Map<string, FoundDirectory>();
  readonly #partial = new Map<string, Set<string>>();

  addRoot(root: string): void {
    this.#watchEntry(root);
    const stats = this.#look(root);
    if (stats === undefined) return;
    if (stats.isDirectory()) this.#addDirectory(root, stats);
    else if (stats.isFile()) this.#addFile(root, stats);
    else this.#addUnreadable(root, 'is neither a file nor a directory');
  }

  directories(): readonly FoundDirectory[] {
    const partial = Array.from(this.#partial, ([path, names]): FoundDirectory | undefined => {
      const stats = this.#whole.has(path) ? undefined : this.#look(path, 'silent');
      return stats === undefined ? undefined : { path, version: identity(stats), names };
    });
    return [...this.#whole.values(), ...partial.filter((directory) => directory !== undefined)];
  }

  #addDirectory(path: string, stats: BigIntStats): void {
    if (!this.#isFirst(stats)) return;
    this.#whole.set(path, { path, version: identity(stats) });
    for (const entry of this.#read(path)) this.#addEntry(join(path, entry.name), entry);
  }

  #addEntry(path: string, entry: Dirent): void {
    const isLink = entry.isSymbolicLink();
    if (!isLink && !entry.isDirectory() && !MANIFEST.test(entry.name)) return;
    const isManifest = MANIFEST.test(entry.name);
    const stats = this.#look(path, isLink && isManifest ? 'reported' : 'silent');
    if (stats?.isDirectory()) this.#addDirectory(path, stats);
    if (!stats?.isFile() || !isManifest) return;
    if (isLink) this.#watchTarget(path);
    this.#addFile(path, stats);
  }

  #addFile(path: string, stats: BigIntStats): void {
    if (!this.#isFirst(stats)) return;
    const version = `${identity(stats)}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
    this.entries.push({ kind: 'file', path, version, bytes: Number(stats.size), modifiedAtMs: Number(stats.mtimeMs) });
  }

  /** What replaces the entry itself, such as the swap of a symlink, is an event of the directory that holds it. */
  #watchEntry(path: string): void {
    const names = this.#partial.get(dirname(path)) ?? new Set();
    this.#partial.set(dirname(path), names.add(basename(path)));
  }

  /** Where the file really is: an edit there is no event of the directory with the link. */
  #watchTarget(link: string): void {
    try {
      this.#watchEntry(realpathSync(link));
    } catch {
      // It was removed this very moment; the next look tells.
    }
  }

  #read(path: string): readonly Dirent[] {
    try {
      const entries = readdirSync(path, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
      return entries.sort((a, b) => compareText(a.name, b.name));
    } catch (error) {
      this.#addUnreadable(path, describeFault(error));
      return [];
    }
  }

  /** `silent`: an entry that was there a moment ago and is gone was removed, which is nothing to report. */
  #look(path: string, whenGone: 'reported' | 'silent' = 'reported'): BigIntStats | undefined {
    try {
      return statSync(path, { bigint: true });
    } catch (error) {
      if (whenGone === 'reported' || codeOf(error) !== 'ENOENT') this.#addUnreadable(path, describeFault(error));
      return undefined;
    }
  }

  #addUnreadable(file: string, message: string): void {
    this.entries.push({ kind: 'unreadable', problem: { file, message } });
  }

  #isFirst(stats: BigIntStats): boolean {
    const id = identity(stats);
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    return true;
  }
}

/** One sentence on a fault of the file system, without the path, which is shown beside it. */
export function describeFault(error: unknown): string {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by this user';
    case 'ELOOP':
      return 'is a symbolic link that leads to itself';
    case 'ENOENT':
      return 'is not there';
    default:
      return String(error);
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function identity(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}
