import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
export const BIN = join(ROOT, 'node_modules/.bin');

const LOCK = join(ROOT, 'package-lock.json');
/** Written by npm as the last step of an installation. */
const INSTALLED_LOCK = join(ROOT, 'node_modules/.package-lock.json');
/** Holds the hash of the lock that was installed. */
const MARKER = join(ROOT, 'node_modules/.installed-lock');

const lockHash = () => createHash('sha256').update(readFileSync(LOCK)).digest('hex');

function isInstalled() {
  if (!existsSync(INSTALLED_LOCK) || !existsSync(join(BIN, 'node'))) return false;
  if (existsSync(MARKER)) return readFileSync(MARKER, 'utf8') === lockHash();
  // Somebody ran npm by hand: good if that was after the lock's last change.
  return statSync(INSTALLED_LOCK).mtimeMs >= statSync(LOCK).mtimeMs;
}

/** The machine's own PATH: npm must not run on the Node that it is about to replace. */
function pathWithoutWorkspace() {
  const entries = (process.env.PATH ?? '').split(delimiter);
  return entries.filter((entry) => !entry.startsWith(join(ROOT, 'node_modules'))).join(delimiter);
}

export function ensurePackages() {
  if (!isInstalled()) {
    console.error('Installing the packages that package-lock.json names (npm ci); this takes about a minute …');
    const { status, error } = spawnSync('npm', ['ci', '--loglevel=error'], {
      cwd: ROOT,
      // Standard output belongs to the script alone.
      stdio: ['ignore', process.stderr, process.stderr],
      env: { ...process.env, PATH: pathWithoutWorkspace() },
    });
    if (status !== 0) {
      throw new Error(`npm ci failed${error ? ` (${error.message})` : ''}: see its message above, then try again.`);
    }
    if (!existsSync(join(BIN, 'node'))) {
      throw new Error(
        `There is no Node 24 package for ${process.platform} on ${process.arch}: use Linux on x64 or arm64.`,
      );
    }
  }
  if (!existsSync(MARKER) || readFileSync(MARKER, 'utf8') !== lockHash()) writeFileSync(MARKER, lockHash());
}
