import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManifestTree } from './manifest-tree.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'manifests-'));
  chmodSync(root, 0o755);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const LONG_AGO = new Date('2026-01-01T00:00:00Z');

function write(name: string, content: string | Uint8Array): void {
  writeFileSync(join(root, name), content);
  utimesSync(join(root, name), LONG_AGO, LONG_AGO);
}

function config(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
}

function namesOf(tree: ManifestTree): readonly string[] {
  return tree.files.flatMap(({ objects }) => objects.map(({ reading }) => reading.ref.name));
}

describe('ManifestTree', () => {
  it('reads only the files that changed', async () => {
    for (const name of ['a', 'b', 'c']) write(`${name}.yaml`, config(name));
    const tree = new ManifestTree([root]);
    await tree.refresh();
    const before = tree.files;
    write('b.yaml', config('d'));
    await tree.refresh();
    expect(namesOf(tree)).toEqual(['a', 'd', 'c']);
    expect(tree.files.map((file, index) => file === before[index])).toEqual([true, false, true]);
  });

  it('reads a file once more that was written a moment ago, since its next version could look the same', async () => {
    write('a.yaml', config('a'));
    const tree = new ManifestTree([root]);
    await tree.refresh();
    expect(tree.hasYoungFiles).toBe(false);
    writeFileSync(join(root, 'a.yaml'), config('b'));
    await tree.refresh();
    expect(tree.hasYoungFiles).toBe(true);
    utimesSync(join(root, 'a.yaml'), LONG_AGO, LONG_AGO);
    await tree.refresh();
    expect(tree.hasYoungFiles).toBe(false);
    expect(namesOf(tree)).toEqual(['b']);
  });

  it('tells of each file that it cannot take, and takes the others', async () => {
    write('a.yaml', 'nothing');
    write('b.yaml', config('b'));
    write('c.yaml', new Uint8Array([0x61, 0xff]));
    write('d.yaml', '');
    truncateSync(join(root, 'd.yaml'), 17 * 1024 * 1024);
    write('e.yaml', '');
    write('f.yaml', `\ufeff${config('f')}`);
    const tree = new ManifestTree([root]);
    await tree.refresh();
    expect(namesOf(tree)).toEqual(['b', 'f']);
    const problems = tree.files.flatMap((file) => file.problems);
    expect(problems.map(({ file, line, message }) => [basename(file), line, message])).toEqual([
      ['a.yaml', 1, 'this is no Kubernetes object: it is no mapping with apiVersion and kind'],
      ['c.yaml', undefined, 'is not UTF-8 text'],
      ['d.yaml', undefined, 'is larger than 16 MiB'],
    ]);
  });

  it('falls back to what counted before when a file is broken, and takes it again when it is repaired', async () => {
    write('a.yaml', config('a'));
    const tree = new ManifestTree([root]);
    await tree.refresh();
    for (const text of ['x: [', '', 'x: [', config('b'), '- 1']) {
      write('a.yaml', text);
      await tree.refresh();
    }
    expect(namesOf(tree)).toEqual(['b']);
    expect(tree.files[0]?.problems).toHaveLength(1);
    write('a.yaml', config('b'));
    await tree.refresh();
    expect(tree.files[0]?.problems).toEqual([]);
  });

  it('keeps the files below a path that cannot be looked at, in their order', async () => {
    for (const folder of ['one', 'two']) {
      mkdirSync(join(root, folder));
      write(`${folder}/a.yaml`, config(folder));
    }
    const tree = new ManifestTree([join(root, 'one'), join(root, 'two')]);
    await tree.refresh();
    renameSync(join(root, 'one'), join(root, 'gone'));
    await tree.refresh();
    expect(namesOf(tree)).toEqual(['one', 'two']);
    expect(tree.unreadable).toEqual([{ file: join(root, 'one'), message: 'is not there' }]);
    rmSync(join(root, 'two/a.yaml'));
    await tree.refresh();
    expect(namesOf(tree)).toEqual(['one']);
  });
});
