/**
 * Duty: what the programs of a soak hold at one moment, as /proc, their directory and their metrics tell it.
 */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Figures by name; where a figure is of several processes it is the largest. */
export type Sample = Readonly<Record<SampledName, number>>;

export const SAMPLED = {
  'controller, MiB': 'memory',
  'proxy with its DNS thread, MiB': 'memory',
  'nginx master, MiB': 'memory',
  'nginx workers, MiB': 'memory',
  'all of nginx with its old workers, MiB': 'workers',
  'controller, descriptors': 'descriptors',
  'proxy with its DNS thread, descriptors': 'descriptors',
  'nginx master, descriptors': 'descriptors',
  'nginx workers, descriptors': 'descriptors',
  'threads of controller and proxy': 'count',
  processes: 'count',
  'old workers': 'count',
  'generations on disk': 'count',
  'files on disk': 'files',
} as const;

export type SampledName = keyof typeof SAMPLED;

export interface Sampled {
  readonly controller: number;
  readonly proxy: number;
  readonly runtimeDirectory: string;
}

export function takeSample({ controller, proxy, runtimeDirectory }: Sampled): Sample {
  const master = masterOf(runtimeDirectory);
  const children = childrenOf(master);
  const workers = children.filter((id) => titleOf(id).includes('worker process') && !isOld(id));
  const most = (values: readonly number[]): number => Math.max(0, ...values);
  return {
    'controller, MiB': residentMiB(controller),
    'proxy with its DNS thread, MiB': residentMiB(proxy),
    'nginx master, MiB': residentMiB(master),
    'nginx workers, MiB': most(workers.map(residentMiB)),
    'all of nginx with its old workers, MiB': [master, ...children].reduce((sum, id) => sum + residentMiB(id), 0),
    'controller, descriptors': descriptorsOf(controller),
    'proxy with its DNS thread, descriptors': descriptorsOf(proxy),
    'nginx master, descriptors': descriptorsOf(master),
    'nginx workers, descriptors': most(workers.map(descriptorsOf)),
    'threads of controller and proxy': threadsOf(controller) + threadsOf(proxy),
    processes: [controller, proxy].reduce((sum, id) => sum + 1 + countBelow(id), 0),
    'old workers': children.filter(isOld).length,
    'generations on disk': entriesOf(join(runtimeDirectory, 'config/generations')),
    'files on disk': globSync('**/*', { cwd: runtimeDirectory }).length,
  };
}

function masterOf(runtimeDirectory: string): number {
  return Number(textOf(join(runtimeDirectory, 'proxy/nginx.pid')));
}

const isOld = (id: number): boolean => titleOf(id).includes('shutting down');
const titleOf = (id: number): string => textOf(`/proc/${id}/cmdline`);
const descriptorsOf = (id: number): number => entriesOf(`/proc/${id}/fd`);
const threadsOf = (id: number): number => entriesOf(`/proc/${id}/task`);

function countBelow(id: number): number {
  return childrenOf(id).reduce((sum, child) => sum + 1 + countBelow(child), 0);
}

/** Any thread may have begun them. */
function childrenOf(id: number): readonly number[] {
  return globSync(`/proc/${id}/task/*/children`).flatMap((file) => textOf(file).split(' ').filter(Boolean).map(Number));
}

function residentMiB(id: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(textOf(`/proc/${id}/status`))?.[1] ?? 0) / 1024;
}

/** Empty when it is not there, as a process that has just ended. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function entriesOf(directory: string): number {
  try {
    return readdirSync(directory).length;
  } catch {
    return 0;
  }
}
