import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hold, lostRequests, type FaultFigure } from './fault-figure.ts';
import { ingressAt, openFaultyScene, type FaultyScene } from './faulty-scene.ts';
import { timeUntil } from './scene.ts';

const MOST_LEFT = 3;

const mount = (...args: readonly string[]): boolean => spawnSync('mount', [...args]).status === 0;
const unmount = (directory: string): void => void spawnSync('umount', [directory]);

/** Only root may, and not in every container. */
const mayMount = (() => {
  const directory = mkdtempSync(join(tmpdir(), 'mount-'));
  const isMounted = mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory);
  if (isMounted) unmount(directory);
  rmSync(directory, { recursive: true });
  return isMounted;
})();

(mayMount ? describe : describe.skip)('the disk, when this user may mount one (root, with CAP_SYS_ADMIN)', () => {
  let directory: string;
  let scene: FaultyScene | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'disk-'));
    chmodSync(directory, 0o755);
  });
  afterEach(async () => {
    await scene?.close();
    scene = undefined;
    unmount(join(directory, 'config'));
    unmount(directory);
    rmSync(directory, { recursive: true, force: true });
  });

  const generations = (): number => readdirSync(join(directory, 'config'), { recursive: true }).length;

  /** Nothing new can run until `mend`; what is there goes on. */
  async function break_(over: string, { spoil, mend }: Record<'spoil' | 'mend', () => void>): Promise<FaultFigure[]> {
    scene = await openFaultyScene({ runtimeDirectory: directory });
    const { gate, statusOf } = scene;
    const traffic = scene.startTraffic();
    const before = generations();
    spoil();
    gate.tell(ingressAt('late'));
    await timeUntil(() => gate.faults.length > 2);
    await traffic.during(2);
    expect(await statusOf('late')).toBe(404);
    const left = Math.max(0, generations() - before);
    mend();
    const liveMs = await timeUntil(async () => (await statusOf('late')) === 200);
    return [
      lostRequests(over, await traffic.stop()),
      {
        name: 'the change is live, after the end of it, within',
        unit: 'ms',
        measured: liveMs,
        bar: { atMost: 10_000 },
      },
      { name: 'files left by failed attempts', unit: 'count', measured: left, bar: { atMost: MOST_LEFT } },
    ];
  }

  it('may be full: no request is lost, and the change is live when there is room again', async () => {
    mount('-t', 'tmpfs', '-o', 'size=1m,mode=755', 'tmpfs', directory);
    const filler = join(directory, 'filler');
    const figures = await break_('a full disk', { spoil: () => fill(filler), mend: () => rmSync(filler) });
    hold('disk-full', figures);
  });

  it('may have no inode left: no request is lost, and the change is live when there are some again', async () => {
    mount('-t', 'tmpfs', '-o', 'size=4m,nr_inodes=60,mode=755', 'tmpfs', directory);
    const fillers = join(directory, 'fillers');
    const figures = await break_('a disk without inodes', {
      spoil: () => fillInodes(fillers),
      mend: () => rmSync(fillers, { recursive: true }),
    });
    hold('disk-inodes', figures);
  });

  it('may be read-only: no request is lost, and the change is live when it can be written again', async () => {
    const config = join(directory, 'config');
    mkdirSync(config);
    mount('-t', 'tmpfs', '-o', 'size=1m,mode=755', 'tmpfs', config);
    const figures = await break_('a read-only disk', {
      spoil: () => expect(mount('-o', 'remount,ro', config)).toBe(true),
      mend: () => expect(mount('-o', 'remount,rw', config)).toBe(true),
    });
    hold('disk-read-only', figures);
  });
});

/** Writes until nothing more fits. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w');
  for (const size of [65_536, 512, 1]) {
    expect(() => {
      for (;;) writeSync(descriptor, Buffer.alloc(size));
    }).toThrow('ENOSPC');
  }
  closeSync(descriptor);
}

/** Makes files until there can be no more. */
function fillInodes(directory: string): void {
  mkdirSync(directory);
  expect(() => {
    for (let count = 0; ; count += 1) closeSync(openSync(join(directory, String(count)), 'w'));
  }).toThrow('ENOSPC');
}
