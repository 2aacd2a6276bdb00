/**
 * Duty: a directory of YAML in place of the API server. What is saved there is the state of the world; what is broken
 * keeps its last good state and is told. Must not know what is made of the objects.
 */
import type { ObjectRef, Problem } from '@gatehouse/core';
import { ObjectStore, type Snapshot, type StoreObserver } from '@gatehouse/kube-model';
import type { Logger, ObjectSource } from '@gatehouse/pipeline';
import { DirectoryWatch } from './directory-watch.ts';
import { describeFault } from './list-files.ts';
import type { ManifestFile } from './manifest-file.ts';
import { isBelow, ManifestTree } from './manifest-tree.ts';
import { Manifests } from './manifests.ts';
import { describeManifestProblem, type ManifestProblem, type Place } from './place.ts';
import { diskPaths, readStdin, type ManifestPaths } from './read-manifests.ts';

export interface ManifestSourceOptions extends ManifestPaths {
  readonly logger: Logger;
}

/** Events of one save come in a burst. */
const BURST_MS = 10;
/** A file that was written this moment is read once more, because its next version could look the same. */
const YOUNG_FILE_MS = 150;
/** Events can be missed (network file systems, limits of the system), so every so often all files are looked at. */
const RESCAN_MS = 2000;

/** An ObjectSource over directories and files, followed until `stop`, and standard input, read once. */
export class ManifestSource implements ObjectSource {
  readonly #options: ManifestSourceOptions;
  readonly #tree: ManifestTree;
  readonly #store = new ObjectStore();
  readonly #watch: DirectoryWatch;
  #stdin: readonly ManifestFile[] = [];
  #files: readonly ManifestFile[] = [];
  #manifests = new Manifests([]);
  #problems: readonly ManifestProblem[] = [];
  #onChange: () => void = () => undefined;
  #running: Promise<void> | undefined;
  #isLookWanted = false;
  #isStopped = false;
  readonly #timers = new Map<'burst' | 'rescan' | 'young', NodeJS.Timeout>();

  constructor(options: ManifestSourceOptions) {
    this.#options = options;
    this.#tree = new ManifestTree(diskPaths(options));
    this.#watch = new DirectoryWatch({
      event: () => this.#lookIn('burst', BURST_MS),
      fault: (path, error) =>
        options.logger.warn('Directory cannot be watched', { path, reason: describeFault(error) }),
    });
  }

  /** Resolves when everything was read once; rejects when one of the paths is not there. */
  async start(onChange: () => void): Promise<void> {
    this.#stdin = await readStdin(this.#options);
    await this.#tree.refresh();
    const missing = this.#tree.unreadable.find(({ file }) => this.#options.paths.includes(file));
    if (missing !== undefined) throw new Error(describeManifestProblem(missing));
    this.#take();
    this.#onChange = onChange;
    this.#follow();
  }

  snapshot(): Snapshot {
    return this.#store.snapshot();
  }

  /** As `ObjectStore.observe`. */
  observe(observer: StoreObserver): void {
    this.#store.observe(observer);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#watch.close();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await this.#running;
  }

  /** Files and directories whose newest version could not be read. */
  fileProblems(): readonly ManifestProblem[] {
    return this.#problems;
  }

  /** Where a field of an object stands (see `Manifests.whereIs`). */
  whereIs(ref: ObjectRef, fieldPath: string): Place | undefined {
    return this.#manifests.whereIs(ref, fieldPath);
  }

  /** Where the cause of a Problem stands (see `Manifests.placeOf`). */
  placeOf(problem: Problem): Place | undefined {
    return this.#manifests.placeOf(problem);
  }

  #lookIn(reason: 'burst' | 'rescan' | 'young', delayMs: number): void {
    if (this.#isStopped || this.#timers.has(reason)) return;
    const look = (): void => {
      this.#timers.delete(reason);
      this.#look();
    };
    this.#timers.set(reason, setTimeout(look, delayMs));
  }

  /** Looks now, or once more when a look is under way. */
  #look(): void {
    this.#isLookWanted = true;
    this.#running ??= this.#lookWhileWanted();
  }

  async #lookWhileWanted(): Promise<void> {
    while (this.#isLookWanted && !this.#isStopped) {
      this.#isLookWanted = false;
      try {
        await this.#tree.refresh();
        this.#take();
      } catch (error) {
        this.#options.logger.error('Looking at the manifests failed', { reason: describeFault(error) });
      }
      this.#follow();
    }
    this.#running = undefined;
  }

  #follow(): void {
    if (this.#isStopped) return;
    if (this.#watch.follow(this.#tree.directories)) this.#lookIn('burst', BURST_MS);
    if (this.#tree.hasYoungFiles) this.#lookIn('young', YOUNG_FILE_MS);
    this.#lookIn('rescan', RESCAN_MS);
  }

  /** Makes what the tree holds now the state of the world. */
  #take(): void {
    const files = [...this.#stdin, ...this.#tree.files];
    this.#tellProblems([...this.#tree.unreadable, ...files.flatMap((file) => file.problems)], files);
    if (files.length === this.#files.length && files.every((file, index) => file === this.#files[index])) return;
    this.#files = files;
    this.#manifests = new Manifests(files);
    const before = this.#store.snapshot();
    this.#store.replaceAll(this.#manifests.objects, this.#manifests.problems);
    if (this.#store.snapshot() !== before) this.#onChange();
  }

  #tellProblems(problems: readonly ManifestProblem[], files: readonly ManifestFile[]): void {
    const told = new Set(this.#problems.map(describeManifestProblem));
    for (const problem of problems) {
      const { message: reason, ...place } = problem;
      const isNew = !told.delete(describeManifestProblem(problem));
      if (!isNew) continue;
      const keeps = files.some(({ path, objects }) => objects.length > 0 && isBelow(path, problem.file));
      const effect = keeps ? 'its last good content stays' : 'so nothing of it is used';
      this.#options.logger.error(`Manifest is broken, ${effect}`, { ...place, reason });
    }
    const isOver = told.size > 0 && problems.length === 0;
    if (isOver) this.#options.logger.info('All manifests can be read again');
    this.#problems = problems;
  }
}
