import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export type Chromium =
  | { readonly kind: 'found'; readonly path: string }
  /** `reason` completes "… did not run: ". */
  | { readonly kind: 'missing'; readonly reason: string };

export interface Places {
  /** `CHROMIUM_PATH`; empty when it is not set. */
  readonly named: string;
  /** `PATH`. */
  readonly path: string;
}

/** Where a Chromium is: what `CHROMIUM_PATH` names, or the first on the `PATH`. */
export function findChromium({ named, path }: Places): Chromium {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const candidates = named === '' ? PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name))) : [named];
  const found = candidates.find(isExecutable);
  if (found !== undefined) return { kind: 'found', path: found };
  return {
    kind: 'missing',
    reason:
      named === ''
        ? 'there is no Chromium on the PATH; install it, or name its path in CHROMIUM_PATH'
        : `CHROMIUM_PATH names ${named}, which is not a program`,
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
