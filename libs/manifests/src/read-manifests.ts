/**
 * Duty: reading manifests once, for commands that look and go.
 */
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ObjectStore, type Snapshot } from '@gatehouse/kube-model';
import { listManifestFiles } from './list-files.ts';
import { readManifestText, type ManifestFile } from './manifest-file.ts';
import { ManifestTree } from './manifest-tree.ts';
import { Manifests } from './manifests.ts';
import type { ManifestProblem } from './place.ts';

/** The path that stands for standard input, and what it is called in messages. */
const STDIN_PATH = '-';
const STDIN_NAME = '<stdin>';

/** Where manifests are read from. */
export interface ManifestPaths {
  /** Directories and files; `-` is standard input, which comes first whatever its place. */
  readonly paths: readonly string[];
  /** Read to its end when `-` is among the paths; must then be given. */
  readonly stdin?: Readable;
}

export interface ManifestsRead {
  readonly manifests: Manifests;
  /** All objects, with the Problems of those that could not be read. */
  readonly snapshot: Snapshot;
  /** Files and directories that could not be read. Nothing of a broken file is in the snapshot. */
  readonly fileProblems: readonly ManifestProblem[];
  /** Those of the paths that hold no manifest file at all. */
  readonly emptyDirectories: readonly string[];
}

/** Reads everything below the paths as it is now. */
export async function readManifests(from: ManifestPaths): Promise<ManifestsRead> {
  const stdin = await readStdin(from);
  const tree = new ManifestTree(diskPaths(from));
  await tree.refresh();
  const files = [...stdin, ...tree.files];
  const manifests = new Manifests(files);
  const store = new ObjectStore();
  store.replaceAll(manifests.objects, manifests.problems);
  return {
    manifests,
    snapshot: store.snapshot(),
    fileProblems: [...tree.unreadable, ...files.flatMap((file) => file.problems)],
    emptyDirectories: diskPaths(from).filter((path) => listManifestFiles([path]).entries.length === 0),
  };
}

/** Standard input as a file, if it is asked for. Throws when the program that asks gives none. */
export async function readStdin({ paths, stdin }: ManifestPaths): Promise<readonly ManifestFile[]> {
  if (!paths.includes(STDIN_PATH)) return [];
  if (stdin === undefined) throw new Error('standard input (-) cannot be read here');
  return [readManifestText(STDIN_NAME, await text(stdin))];
}

/** The paths that are looked for on disk. */
export function diskPaths({ paths }: ManifestPaths): readonly string[] {
  return paths.filter((path) => path !== STDIN_PATH);
}
