/**
 * Duty: one file as it was read last, and what still counts of it when its newest version is broken.
 */
import { readFile } from 'node:fs/promises';
import { err, ok, type Err, type Result } from '@gatehouse/core';
import { describeFault, type FoundFile } from './list-files.ts';
import { keepLastGood, type LastGood } from './last-good.ts';
import { parseManifest, type ManifestObject } from './parse-manifest.ts';
import type { ManifestProblem } from './place.ts';

export interface ManifestFile {
  readonly path: string;
  /** The version on disk that was read last; empty when it must be read again. */
  readonly version: string;
  /** The text that was read last, broken or not; undefined when it could not be read. */
  readonly newestText: string | undefined;
  /** The last text that could be relied on, and what it holds. */
  readonly text: string;
  readonly objects: readonly ManifestObject[];
  readonly lastGood: LastGood;
  /** Why the newest version does not count; empty when it does. */
  readonly problems: readonly ManifestProblem[];
}

const MAX_BYTES = 16 * 1024 * 1024;
/** Time stamps of files are no finer than some milliseconds: a file this young may change again without a trace. */
const SETTLED_AFTER_MS = 100;

/**
 * Reads a file; `before` is what was read of it earlier. A broken version keeps the objects of `before` and says what is
 * wrong. A text that is as before is not parsed again.
 */
export async function readManifestFile(found: FoundFile, before: ManifestFile | undefined): Promise<ManifestFile> {
  const version = Math.abs(Date.now() - found.modifiedAtMs) < SETTLED_AFTER_MS ? '' : found.version;
  const text = await readText(found);
  if (text.ok && text.value === before?.newestText) return { ...before, version };
  return { ...(text.ok ? readManifestText(found.path, text.value, before) : broken(text.error, before)), version };
}

/** The same for a text that is at hand. A malformed object in it keeps what it was in `before`. */
export function readManifestText(path: string, text: string, before?: ManifestFile): ManifestFile {
  const { objects: found, problems } = parseManifest(path, text);
  if (problems.length > 0) return { ...broken(problems, before), newestText: text };
  const { objects, lastGood } = keepLastGood(found, before?.lastGood ?? new Map());
  return { path, version: '', newestText: text, text, objects, lastGood, problems };
}

function broken(problems: readonly ManifestProblem[], before: ManifestFile | undefined): ManifestFile {
  const path = problems[0]?.file ?? '';
  return {
    path,
    version: '',
    text: before?.text ?? '',
    objects: before?.objects ?? [],
    lastGood: before?.lastGood ?? new Map(),
    newestText: undefined,
    problems,
  };
}

async function readText({ path, bytes }: FoundFile): Promise<Result<string, readonly ManifestProblem[]>> {
  const problem = (message: string): Err<readonly ManifestProblem[]> => err([{ file: path, message }]);
  if (bytes > MAX_BYTES) return problem(`is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
  const content = await readFile(path).catch((error: unknown) => describeFault(error));
  if (typeof content === 'string') return problem(content);
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    return problem('is not UTF-8 text');
  }
}
