/**
 * Duty: telling soon that something happened in one of some folders. It may miss events and may tell of nothing: whoever
 * uses it looks for himself, and now and then without being told.
 */
import { statSync, watch, type FSWatcher } from 'node:fs';

interface Watched {
  readonly watcher: FSWatcher;
  /** Another folder may take the place of one that is watched. */
  readonly identity: string;
}

export class DirectoryEvents {
  readonly #onEvent: () => void;
  readonly #watched = new Map<string, Watched>();

  constructor(onEvent: () => void) {
    this.#onEvent = onEvent;
  }

  /**
   * Watches exactly these folders, those that are there; the value is the one entry that matters, undefined for all. True
   * when one of them was not watched before.
   */
  follow(folders: ReadonlyMap<string, string | undefined>): boolean {
    const identities = new Map(Array.from(folders.keys(), (path) => [path, identityOf(path)]));
    for (const [path, { identity }] of this.#watched) if (identities.get(path) !== identity) this.#unwatch(path);
    let hasNew = false;
    for (const [path, entry] of folders) {
      const identity = identities.get(path);
      if (identity !== undefined && !this.#watched.has(path)) hasNew = this.#watch({ path, identity, entry }) || hasNew;
    }
    return hasNew;
  }

  close(): void {
    for (const path of [...this.#watched.keys()]) this.#unwatch(path);
  }

  #watch({ path, identity, entry }: { path: string; identity: string; entry: string | undefined }): boolean {
    try {
      const watcher = watch(path, (_event, name) => {
        if (entry === undefined || name === entry) this.#onEvent();
      });
      watcher.on('error', () => this.#unwatch(path));
      this.#watched.set(path, { watcher, identity });
      return true;
    } catch {
      // The system has no more watches, or the folder has just gone: looking now and then has to do.
      return false;
    }
  }

  #unwatch(path: string): void {
    this.#watched.get(path)?.watcher.close();
    this.#watched.delete(path);
  }
}

function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
