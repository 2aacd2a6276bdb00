import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { listManifestFiles } from './list-files.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'manifests-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '');
  }
}

function list(...paths: readonly string[]): readonly string[] {
  const { entries } = listManifestFiles(paths.map((path) => join(root, path)));
  return entries.map((entry) => {
    const path = entry.kind === 'file' ? entry.path : entry.problem.file;
    return relative(root, path) + (entry.kind === 'file' ? '' : ` ${entry.problem.message}`);
  });
}

/** Root may read everything, so for a moment it is somebody else. */
function asNobody<T>(look: () => T): T {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    return look();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('listManifestFiles', () => {
  it('finds manifests in subfolders, in order, and nothing hidden', () => {
    write(
      'b.yaml',
      'a.yml',
      'sub/deep/c.json',
      'readme.md',
      'yaml',
      '.hidden.yaml',
      '.git/d.yaml',
      'sub/e.yaml~',
      'dir.yaml/f.yaml',
    );
    expect(list('')).toEqual(['a.yml', 'b.yaml', 'dir.yaml/f.yaml', 'sub/deep/c.json']);
  });

  it('takes a file that is named itself, whatever its name, and keeps the order of the paths', () => {
    write('z/a.yaml', 'a/b.yaml', 'objects.txt');
    expect(list('z', 'objects.txt', 'a')).toEqual(['z/a.yaml', 'objects.txt', 'a/b.yaml']);
  });

  it('follows the symlinks of a mounted ConfigMap, each file once', () => {
    write('..2026_01/cafe.yaml');
    symlinkSync('..2026_01', join(root, '..data'));
    symlinkSync('..data/cafe.yaml', join(root, 'cafe.yaml'));
    linkSync(join(root, '..2026_01/cafe.yaml'), join(root, 'same.yaml'));
    expect(list('')).toEqual(['cafe.yaml']);
  });

  it('ends where symlinks lead in a circle', () => {
    write('a/b.yaml');
    symlinkSync('..', join(root, 'a/up'));
    symlinkSync('self', join(root, 'self'));
    expect(list('')).toEqual(['a/b.yaml', 'self is a symbolic link that leads to itself']);
  });

  it('tells of what it cannot read, and goes on', () => {
    write('a.yaml');
    symlinkSync('nowhere', join(root, 'lost.yaml'));
    symlinkSync('nowhere', join(root, 'lost.txt'));
    symlinkSync('/dev/zero', join(root, 'endless.yaml'));
    expect(list('', 'none', 'endless.yaml')).toEqual([
      'a.yaml',
      'lost.yaml is not there',
      'none is not there',
      'endless.yaml is neither a file nor a directory',
    ]);
  });

  it('tells of folders that it may not read', () => {
    write('closed/a.yaml', 'open/b.yaml');
    chmodSync(root, 0o755);
    chmodSync(join(root, 'closed'), 0);
    expect(asNobody(() => list(''))).toEqual(['closed may not be read by this user', 'open/b.yaml']);
    chmodSync(join(root, 'closed'), 0o755);
  });

  it('names the directories to watch: those of files, of the roots themselves and of what symlinks lead to', () => {
    write('real/target.yaml', 'in/sub/a.yaml');
    symlinkSync('../real/target.yaml', join(root, 'in/link.yaml'));
    const { directories } = listManifestFiles([join(root, 'in')]);
    const brief = directories.map(({ path, names }) => [relative(root, path), names && [...names]]);
    expect(brief).toEqual([
      ['in', undefined],
      ['in/sub', undefined],
      ['', ['in']],
      ['real', ['target.yaml']],
    ]);
  });

  it('gives a file another version when it is written or replaced', () => {
    write('a.yaml');
    const version = (): string => {
      const [entry] = listManifestFiles([root]).entries;
      return entry?.kind === 'file' ? entry.version : '';
    };
    const before = version();
    expect(version()).toBe(before);
    writeFileSync(join(root, 'a.yaml'), 'a');
    const written = version();
    expect(written).not.toBe(before);
    rmSync(join(root, 'a.yaml'));
    writeFileSync(join(root, 'other'), '');
    writeFileSync(join(root, 'a.yaml'), 'b');
    expect(version()).not.toBe(written);
  });
});
