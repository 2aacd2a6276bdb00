/**
 * Duty: telling soon that something happened in a set of directories. It may miss events and may tell of nothing: whoever
 * uses it looks for himself, and now and then without being told.
 */
import { watch, type FSWatcher } from 'node:fs';
import type { FoundDirectory } from './list-files.ts';

interface Watched {
  readonly watcher: FSWatcher;
  readonly version: string;
  names: ReadonlySet<string> | undefined;
}

/** Watches directories, each by itself: recursive watching is not the same thing on every system. */
export class DirectoryWatch {
  readonly #onEvent: () => void;
  readonly #onFault: (path: string, error: unknown) => void;
  readonly #watched = new Map<string, Watched>();
  /** Directories that could not be watched, so that this is told only once. */
  readonly #refused = new Set<string>();

  constructor(on: { readonly event: () => void; readonly fault: (path: string, error: unknown) => void }) {
    this.#onEvent = on.event;
    this.#onFault = on.fault;
  }

  /**
   * Watches exactly these directories. True when one of them was not watched before: what happened there until now was
   * not told.
   */
  follow(directories: readonly FoundDirectory[]): boolean {
    const wanted = new Map(directories.map((directory) => [directory.path, directory]));
    for (const [path, { version }] of this.#watched) if (wanted.get(path)?.version !== version) this.#unwatch(path);
    let hasNew = false;
    for (const directory of wanted.values()) {
      const watched = this.#watched.get(directory.path);
      if (watched === undefined) hasNew = this.#watch(directory) || hasNew;
      else watched.names = directory.names;
    }
    return hasNew;
  }

  close(): void {
    for (const path of [...this.#watched.keys()]) this.#unwatch(path);
  }

  #watch({ path, version, names }: FoundDirectory): boolean {
    try {
      const watcher = watch(path, { persistent: true });
      const watched: Watched = { watcher, version, names };
      watcher.on('change', (_event, name) => {
        if (watched.names?.has(String(name)) !== false) this.#onEvent();
      });
      watcher.on('error', (error) => {
        this.#unwatch(path);
        this.#refuse(path, error);
      });
      this.#watched.set(path, watched);
      this.#refused.delete(path);
      return true;
    } catch (error) {
      this.#refuse(path, error);
      return false;
    }
  }

  #refuse(path: string, error: unknown): void {
    if (this.#refused.has(path)) return;
    this.#refused.add(path);
    this.#onFault(path, error);
  }

  #unwatch(path: string): void {
    this.#watched.get(path)?.watcher.close();
    this.#watched.delete(path);
  }
}
