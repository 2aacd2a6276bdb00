import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { usableProcessors } from './usable-processors.ts';

let group = '';
beforeEach(() => {
  group = mkdtempSync(join(tmpdir(), 'cgroup-'));
});
afterEach(() => rmSync(group, { recursive: true }));

const all = availableParallelism();

describe('the processors that may be used', () => {
  it.each([
    ['none is told', {}, all],
    ['one of v2', { 'cpu.max': '100000 100000\n' }, 1],
    ['half of one', { 'cpu.max': '50000 100000\n' }, 1],
    ['one and a half', { 'cpu.max': '150000 100000\n' }, Math.min(2, all)],
    ['more than there are', { 'cpu.max': '99900000 100000\n' }, all],
    ['no limit of v2', { 'cpu.max': 'max 100000\n' }, all],
    ['one of v1', { 'cpu/cpu.cfs_quota_us': '100000\n', 'cpu/cpu.cfs_period_us': '100000\n' }, 1],
    ['no limit of v1', { 'cpu/cpu.cfs_quota_us': '-1\n', 'cpu/cpu.cfs_period_us': '100000\n' }, all],
    ['nonsense', { 'cpu.max': 'x y z' }, all],
    ['nothing', { 'cpu.max': '' }, all],
    ['a period of zero', { 'cpu.max': '100000 0' }, all],
  ])('are as the limit has it: %s', async (_, files, expected) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(group, name)), { recursive: true });
      writeFileSync(join(group, name), text);
    }
    expect(await usableProcessors(group)).toBe(expected);
  });
});
