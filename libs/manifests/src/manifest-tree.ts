/**
 * Duty: all manifest files below the given paths, kept in step with the disk by looking again. Reads only what changed.
 * Knows no events and no timers but the short wait for a file that is just being written.
 */
import { isAbsolute, relative, sep } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { listManifestFiles, type FoundDirectory } from './list-files.ts';
import { readManifestFile, type ManifestFile } from './manifest-file.ts';
import { isMalformed } from './last-good.ts';
import type { ManifestProblem } from './place.ts';

/** A file that is cut short, broken or gone directly after a change may be half written or renamed: look once more. */
const SETTLE_MS = 30;
/** Other work of the process waits no longer than this while many files are read. */
const SLICE_MS = 20;

type Files = ReadonlyMap<string, ManifestFile>;

interface Look {
  readonly files: Files;
  readonly directories: readonly FoundDirectory[];
  readonly unreadable: readonly ManifestProblem[];
  readonly hasYoungFiles: boolean;
  /** Paths whose state may be a passing one. */
  readonly unsettled: readonly string[];
}

/** The files as they were when `refresh` last looked. Call `refresh` from one place only, and wait for it. */
export class ManifestTree {
  readonly #roots: readonly string[];
  #now: Look = { files: new Map(), directories: [], unreadable: [], hasYoungFiles: false, unsettled: [] };

  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  /** In the order that decides between two files with the same object. */
  get files(): readonly ManifestFile[] {
    return [...this.#now.files.values()];
  }

  get directories(): readonly FoundDirectory[] {
    return this.#now.directories;
  }

  /** Paths that cannot be looked at, and the reason. */
  get unreadable(): readonly ManifestProblem[] {
    return this.#now.unreadable;
  }

  /** Whether a file was so young when it was read that it may have changed since without any other trace. */
  get hasYoungFiles(): boolean {
    return this.#now.hasYoungFiles;
  }

  /** Looks at the disk and reads what changed. */
  async refresh(): Promise<void> {
    let look = await this.#look(this.#now.files);
    if (look.unsettled.length > 0) {
      await setTimeout(SETTLE_MS);
      look = await this.#look(this.#withoutUnsettled(look));
    }
    this.#now = look;
  }

  /** `known` is what need not be read again. */
  async #look(known: Files): Promise<Look> {
    const { entries, directories } = listManifestFiles(this.#roots);
    const files = new Map<string, ManifestFile>();
    const unreadable: ManifestProblem[] = [];
    let hasYoungFiles = false;
    let sliceEndMs = performance.now() + SLICE_MS;
    for (const entry of entries) {
      if (entry.kind === 'unreadable') {
        unreadable.push(entry.problem);
        for (const [path, file] of this.#now.files) if (isBelow(path, entry.problem.file)) files.set(path, file);
        continue;
      }
      const before = known.get(entry.path);
      const file = before?.version === entry.version ? before : await readManifestFile(entry, before);
      files.set(entry.path, file);
      hasYoungFiles ||= file.version === '';
      if (performance.now() < sliceEndMs) continue;
      await setImmediate();
      sliceEndMs = performance.now() + SLICE_MS;
    }
    return { files, directories, unreadable, hasYoungFiles, unsettled: this.#unsettled(files) };
  }

  #unsettled(files: Files): readonly string[] {
    const gone = [...this.#now.files.keys()].filter((path) => !files.has(path));
    const doubtful = [...files.values()].filter((file) => isDoubtful(file, this.#now.files.get(file.path)));
    return [...gone, ...doubtful.map(({ path }) => path)];
  }

  /** What the second look may rely on: an unsettled file is read again and falls back to what counted before. */
  #withoutUnsettled({ files, unsettled }: Look): Files {
    const known = new Map(files);
    for (const path of unsettled) {
      const before = this.#now.files.get(path);
      if (before === undefined) known.delete(path);
      else known.set(path, { ...before, version: '' });
    }
    return known;
  }
}

/** Whether a change looks as if only a part of the file was written yet. */
function isDoubtful(file: ManifestFile, before: ManifestFile | undefined): boolean {
  if (file.newestText === before?.newestText) return false;
  const hasMalformed = file.objects.some(({ reading }) => isMalformed(reading));
  return file.problems.length > 0 || hasMalformed || file.objects.length < (before?.objects.length ?? 0);
}

/** Whether a path is the directory or anything in it. */
export function isBelow(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`));
}
