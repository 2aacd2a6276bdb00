/**
 * Duty: how many processors this process and its children may use at once. nginx by itself sees all of the machine's, and
 * Node finds a container's limit only where the container sees its own place among the control groups.
 */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** At least 1. Half a processor more counts as one more. `controlGroup` is where the limits are read. */
export async function usableProcessors(controlGroup = '/sys/fs/cgroup'): Promise<number> {
  const limit = (await readUnified(controlGroup)) ?? (await readLegacy(controlGroup)) ?? Infinity;
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(limit)));
}

/** cgroup v2: `QUOTA PERIOD`, or `max PERIOD` without a limit. */
async function readUnified(controlGroup: string): Promise<number | undefined> {
  const [quota, period] = (await readText(join(controlGroup, 'cpu.max'))).split(' ');
  return divide(quota, period);
}

/** cgroup v1: -1 without a limit. */
async function readLegacy(controlGroup: string): Promise<number | undefined> {
  const files = ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((name) => readText(join(controlGroup, 'cpu', name)));
  const [quota, period] = await Promise.all(files);
  return divide(quota, period);
}

function divide(quota: string | undefined, period: string | undefined): number | undefined {
  const limit = Number(quota) / Number(period);
  return limit > 0 && Number.isFinite(limit) ? limit : undefined;
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
}
