import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import { RecordingLogger } from '@gatehouse/testing';
import { ManifestSource } from './manifest-source.ts';

/** Far more than it takes (that is printed), and less than the time until everything is looked at without an event. */
const PATIENCE_MS = 1500;

let root = '';
let logger = new RecordingLogger();
let source: ManifestSource;
let changes = 0;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'manifests-'));
  logger = new RecordingLogger();
  changes = 0;
});
afterEach(async () => {
  await source.stop();
  rmSync(root, { recursive: true, force: true });
});

function config(name: string, value = '1'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: "${value}"\n`;
}

function write(path: string, text: string): void {
  writeFileSync(join(root, path), text);
}

async function start(paths: readonly string[] = [root], stdin?: Readable): Promise<void> {
  source = new ManifestSource({ paths, logger, ...(stdin === undefined ? {} : { stdin }) });
  await source.start(() => changes++);
}

/** Waits until everything is done that start does twice: from then on only events tell. */
async function quiet(): Promise<void> {
  await setTimeout(300);
}

/** `name=value` of every ConfigMap. */
function state(): string {
  const pairs = Array.from(
    source.snapshot().configMaps.values(),
    ({ ref, data }) => `${ref.name}=${data.get('value') ?? ''}`,
  );
  return pairs.sort().join(' ');
}

/** Waits until `read` answers `expected`, and tells how long that took. */
async function until(what: string, read: () => unknown, expected: unknown, patienceMs = PATIENCE_MS): Promise<void> {
  const startMs = performance.now();
  while (performance.now() - startMs < patienceMs && read() !== expected) await setTimeout(1);
  console.log(`${what}: ${(performance.now() - startMs).toFixed(0)} ms`);
  expect(read()).toBe(expected);
}

describe('ManifestSource', () => {
  it('has read everything when start resolves, and says nothing of it', async () => {
    write('a.yaml', `${config('a')}---\n${config('b')}`);
    mkdirSync(join(root, 'sub'));
    write(
      'sub/c.json',
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { value: '3' } }),
    );
    await start();
    expect(state()).toBe('a=1 b=1 c=3');
    expect(source.snapshot().configMaps.get(objectKey('default', 'a'))?.ref.namespace).toBe('default');
    expect(changes).toBe(0);
    expect(logger.entries).toEqual([]);
  });

  it('refuses to start with a path that is not there', async () => {
    source = new ManifestSource({ paths: [join(root, 'none')], logger });
    await expect(source.start(() => {})).rejects.toThrow(`${root}/none: is not there`);
  });

  it('reads standard input once', async () => {
    write('a.yaml', config('a'));
    await start(['-', root], Readable.from([config('b').slice(0, 20), config('b').slice(20)]));
    expect(state()).toBe('a=1 b=1');
    write('a.yaml', config('a', '2'));
    await until('edit beside standard input', state, 'a=2 b=1');
  });

  it('sees an edit in place', async () => {
    write('a.yaml', config('a'));
    await start();
    await quiet();
    write('a.yaml', config('a', '2'));
    await until('edit in place', state, 'a=2');
  });

  it('sees one edit after the other, even of the same length within a moment', async () => {
    write('a.yaml', config('a', '0'));
    await start();
    for (let round = 1; round <= 9; round++) write('a.yaml', config('a', String(round)));
    await until('nine edits at once', state, 'a=9');
    for (let round = 1; round <= 9; round++) {
      write('a.yaml', config('a', String(round)));
      await setTimeout(round * 3);
    }
    await until('nine edits in a row', state, 'a=9');
  });

  it('sees an edit by an editor that saves a copy and renames it, without an empty moment', async () => {
    write('a.yaml', config('a'));
    await start();
    const seen = new Set<string>();
    const watching = setInterval(() => seen.add(state()), 0);
    // As vim does it: the old file steps aside, a new one takes its name, the old one goes.
    renameSync(join(root, 'a.yaml'), join(root, 'a.yaml~'));
    await setTimeout(15);
    write('a.yaml', config('a', '2'));
    rmSync(join(root, 'a.yaml~'));
    await until('rename aside and write', state, 'a=2');
    write('.a.yaml.swp', config('a', '3'));
    renameSync(join(root, '.a.yaml.swp'), join(root, 'a.yaml'));
    await until('rename over', state, 'a=3');
    clearInterval(watching);
    expect([...seen]).toEqual(expect.not.arrayContaining(['']));
  });

  it('never shows the half of a file that is written in two steps', async () => {
    write('a.yaml', config('a'));
    await start();
    const seen = new Set<string>();
    const watching = setInterval(() => seen.add(state()), 0);
    for (const value of ['2', '3', '4']) {
      write('a.yaml', '');
      await setTimeout(12);
      appendFileSync(join(root, 'a.yaml'), config('a', value).slice(0, 30));
      await setTimeout(3);
      appendFileSync(join(root, 'a.yaml'), config('a', value).slice(30));
      await until('written in steps', state, `a=${value}`);
    }
    clearInterval(watching);
    seen.add(state());
    expect([...seen].sort()).toEqual(['a=1', 'a=2', 'a=3', 'a=4']);
    expect(logger.entries).toEqual([]);
  });

  it('does not take the beginning of a file for the whole', async () => {
    write('a.yaml', `${config('a')}---\n${config('b')}`);
    await start();
    const seen = new Set<string>();
    const watching = setInterval(() => seen.add(state()), 0);
    write('a.yaml', config('a', '2'));
    await setTimeout(25);
    appendFileSync(join(root, 'a.yaml'), `---\n${config('b', '2')}`);
    await until('second half', state, 'a=2 b=2');
    clearInterval(watching);
    seen.add(state());
    expect([...seen]).toEqual(['a=1 b=1', 'a=2 b=2']);
  });

  it('sees new and removed files and folders', async () => {
    await start();
    write('a.yaml', config('a'));
    await until('new file', state, 'a=1');
    mkdirSync(join(root, 'sub/deep'), { recursive: true });
    write('sub/deep/b.yaml', config('b'));
    await until('new folder', state, 'a=1 b=1');
    write('sub/deep/b.yaml', config('b', '2'));
    await until('edit in the new folder', state, 'a=1 b=2');
    rmSync(join(root, 'sub'), { recursive: true });
    await until('removed folder', state, 'a=1');
    rmSync(join(root, 'a.yaml'));
    await until('removed file', state, '');
  });

  it('sees a ConfigMap mount change by the swap of a symlink', async () => {
    const put = (version: string, value: string): void => {
      mkdirSync(join(root, version));
      write(`${version}/a.yaml`, config('a', value));
      symlinkSync(version, join(root, '..tmp'));
      renameSync(join(root, '..tmp'), join(root, '..data'));
    };
    put('..2026_01', '1');
    symlinkSync('..data/a.yaml', join(root, 'a.yaml'));
    await start();
    expect(state()).toBe('a=1');
    put('..2026_02', '2');
    rmSync(join(root, '..2026_01'), { recursive: true });
    await until('swap of ..data', state, 'a=2');
  });

  it('sees a directory that is replaced, directly or behind a symlink', async () => {
    for (const version of ['one', 'two', 'three']) {
      mkdirSync(join(root, version));
      write(`${version}/a.yaml`, config('a', version));
    }
    symlinkSync('one', join(root, 'live'));
    await start([join(root, 'live')]);
    await quiet();
    symlinkSync('two', join(root, 'next'));
    renameSync(join(root, 'next'), join(root, 'live'));
    await until('swap of the root', state, 'a=two');
    write('two/a.yaml', config('a', 'edited'));
    await until('edit behind the swapped root', state, 'a=edited');
    rmSync(join(root, 'live'));
    renameSync(join(root, 'three'), join(root, 'live'));
    await until('replaced root', state, 'a=three');
    write('live/a.yaml', config('a', 'again'));
    await until('edit in the replaced root', state, 'a=again');
  });

  it('sees an edit of the file that a symlink leads to', async () => {
    mkdirSync(join(root, 'real'));
    mkdirSync(join(root, 'in'));
    write('real/a.yaml', config('a'));
    symlinkSync('../real/a.yaml', join(root, 'in/a.yaml'));
    await start([join(root, 'in')]);
    await quiet();
    write('real/a.yaml', config('a', '2'));
    await until('edit behind a symlink', state, 'a=2');
  });

  it('finds by itself what no event tells', async () => {
    for (const version of ['one', 'two']) {
      mkdirSync(join(root, version, 'in'), { recursive: true });
      write(`${version}/in/a.yaml`, config('a', version));
    }
    symlinkSync('one', join(root, 'live'));
    await start([join(root, 'live/in')]);
    await quiet();
    symlinkSync('two', join(root, 'next'));
    renameSync(join(root, 'next'), join(root, 'live'));
    await until('swap above the root', state, 'a=two', 2 * PATIENCE_MS);
  });

  it('keeps the last good objects of a broken file, says what is wrong, and goes on with the others', async () => {
    write('a.yaml', config('a'));
    write('b.yaml', config('b'));
    await start();
    write('a.yaml', `${config('a', '2')}  oops: [1\n`);
    write('b.yaml', config('b', '2'));
    await until('edit beside a broken file', state, 'a=1 b=2');
    const [problem] = source.fileProblems();
    expect(problem).toMatchObject({ file: join(root, 'a.yaml'), line: 8, column: 1 });
    const [entry, ...others] = logger.entries;
    expect(others).toEqual([]);
    expect(entry).toEqual({
      level: 'error',
      message: 'Manifest is broken, its last good content stays',
      data: { file: join(root, 'a.yaml'), line: 8, column: 1, reason: problem?.message },
    });
    expect(source.whereIs({ kind: 'ConfigMap', namespace: 'default', name: 'a' }, 'data.value')).toMatchObject({
      line: 6,
    });
    write('a.yaml', config('a', '3'));
    await until('repair', state, 'a=3 b=2');
    expect(source.fileProblems()).toEqual([]);
    expect(logger.messages('info')).toEqual(['All manifests can be read again']);
    write('new.yaml', 'a: [');
    await until('file that never was good', () => logger.messages('error').length, 2);
    expect(logger.messages('error')[1]).toBe('Manifest is broken, so nothing of it is used');
  });

  it('takes an emptied directory for what it is, and a vanished one for a fault', async () => {
    mkdirSync(join(root, 'in'));
    write('in/a.yaml', config('a'));
    await start([join(root, 'in')]);
    renameSync(join(root, 'in'), join(root, 'away'));
    await until('vanished directory', () => source.fileProblems()[0]?.message, 'is not there');
    expect(state()).toBe('a=1');
    renameSync(join(root, 'away'), join(root, 'in'));
    await until('directory is back', () => source.fileProblems().length, 0);
    rmSync(join(root, 'in/a.yaml'));
    await until('emptied directory', state, '');
    expect(source.fileProblems()).toEqual([]);
  });

  it('keeps every object that did not change the very same, and is silent when none did', async () => {
    write('a.yaml', `${config('a')}---\n${config('b')}`);
    await start();
    const before = source.snapshot();
    const now = new Date();
    utimesSync(join(root, 'a.yaml'), now, now);
    write('a.yaml', `# a remark\n\n${config('a')}---\n${config('b')}`);
    const b = { kind: 'ConfigMap', namespace: 'default', name: 'b' } as const;
    await until('remark', () => source.whereIs(b, '')?.line, 10);
    expect(source.snapshot()).toBe(before);
    expect(changes).toBe(0);
    write('a.yaml', `${config('a')}---\n${config('b', '2')}`);
    await until('edit of one of two', state, 'a=1 b=2');
    expect(source.snapshot().configMaps.get(objectKey('default', 'a'))).toBe(
      before.configMaps.get(objectKey('default', 'a')),
    );
    expect(changes).toBe(1);
  });

  it('tells of malformed and doubled objects in the snapshot, with their places', async () => {
    write('a.yaml', config('a'));
    write('b.yaml', config('a', '2'));
    write('c.yaml', 'apiVersion: v1\nkind: Service\nmetadata:\n  name: tea_svc\nspec: {}\n');
    await start();
    const found = source.snapshot().problems.map((problem) => {
      const { file = '', line = 0, column = 0 } = source.placeOf(problem) ?? {};
      return `${problem.code} ${file.slice(-6)}:${line}:${column}`;
    });
    expect(found).toEqual(['DuplicateObject b.yaml:1:1', 'ObjectMalformed c.yaml:4:9']);
  });

  it('is silent after stop', async () => {
    write('a.yaml', config('a'));
    await start();
    write('a.yaml', config('a', '2'));
    await source.stop();
    await setTimeout(60);
    expect(changes).toBe(0);
    expect(state()).toBe('a=1');
  });
});
