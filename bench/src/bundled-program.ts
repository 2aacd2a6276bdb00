/**
 * Duty: a program of ours as it is shipped, in a process of its own, until it is ready. Must not know what it does.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../..');
const POLL_MS = 10;
const READY_WITHIN_MS = 120_000;
/** As much of what it wrote as an error message shows. */
const TAIL_CHARACTERS = 4000;

type App = 'admission-webhook' | 'controller' | 'default-backend' | 'proxy';

export interface ProgramOptions {
  readonly app: App;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where `/readyz` is, over plain HTTP on loopback. */
  readonly healthPort: number;
  /** The only core that it may use, when it is given and can be chosen here. */
  readonly core?: number;
  /** Where the bundles are, a directory for each program; `dist/apps` unless given. */
  readonly bundles?: string;
  /** The user and the group that it runs as; ours unless given. */
  readonly user?: number;
}

export interface BundledProgram {
  readonly pid: number;
  /** From the start of the process to its first /readyz with 200. */
  readonly startMs: number;
  /** Resident memory of its own process, without children: now, and the most that there ever was. */
  residentMiB(): { readonly now: number; readonly most: number };
  /** Processor time that it has used so far, in milliseconds; counted in steps of 10. */
  processorMs(): number;
  close(): Promise<void>;
}

/** Makes the bundle. Throws when that fails. */
export function buildBundle(app: App): void {
  const nx = spawnSync(join(ROOT, 'node_modules/.bin/nx'), ['run', `${app}:build`], { cwd: ROOT, encoding: 'utf8' });
  if (nx.status !== 0) throw new Error(`${app} could not be built:\n${nx.stdout}${nx.stderr}`);
}

/** Starts it and waits until it is ready. Throws, and leaves nothing behind, when it ends before or takes too long. */
export async function startProgram(options: ProgramOptions): Promise<BundledProgram> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const output = join(directory, 'output');
  const startedMs = performance.now();
  const child = spawnProgram(options, output);
  const close = async (): Promise<void> => {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await untilReady(child, options.healthPort);
  } catch (error) {
    const said = readFileSync(output, 'utf8').slice(-TAIL_CHARACTERS);
    await close();
    throw new Error(`${options.app}: ${said}`, { cause: error });
  }
  return {
    pid: child.pid ?? 0,
    startMs: performance.now() - startedMs,
    residentMiB: () => residentMiB(child.pid),
    processorMs: () => processorMs(child.pid),
    close,
  };
}

/** A file takes what it writes, so that nobody has to read along. */
function spawnProgram(options: ProgramOptions, output: string): ChildProcess {
  const { app, args, env, core, user, bundles = join(ROOT, 'dist/apps') } = options;
  const bundle = join(bundles, app, 'main.mjs');
  const pinned = core === undefined ? [] : ['taskset', '--cpu-list', String(core)];
  const [program = process.execPath, ...rest] = [...pinned, process.execPath, bundle, ...args];
  const descriptor = openSync(output, 'w');
  const child = spawn(program, rest, {
    stdio: ['ignore', 'ignore', descriptor],
    env: { PATH: process.env['PATH'], NODE_OPTIONS: nodeOptions(app), ...env },
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  closeSync(descriptor);
  return child;
}

/**
 * The options of Node that its image has, after the largest heap that Node takes within the memory of its container: half of that. How much
 * garbage is left lying about depends on it.
 */
export function nodeOptions(app: App): string {
  const dockerfile = readFileSync(join(ROOT, 'deploy/images', app, 'Dockerfile'), 'utf8');
  const [, quoted, plain] = /\bNODE_OPTIONS=(?:"([^"]*)"|(\S+))/.exec(dockerfile) ?? [];
  // The proxy is a container of the controller's Pods.
  const deployed = app === 'proxy' ? 'controller' : app;
  const deployment = readFileSync(join(ROOT, 'deploy/base', deployed, 'deployment.yaml'), 'utf8');
  const container = new RegExp(`image: gatehouse/${app}:[^]*?\\blimits:\\s+memory: (\\d+)([GM])i\\b`);
  const [, limit, unit] = container.exec(deployment) ?? [];
  if (limit === undefined) throw new Error(`the Deployment of ${app} limits no memory in Mi or Gi`);
  const limitMiB = Number(limit) * (unit === 'G' ? 1024 : 1);
  // The last one counts, so that what the image says about the heap goes before.
  return `--max-old-space-size=${limitMiB / 2} ${quoted ?? plain ?? ''}`;
}

async function untilReady(child: ChildProcess, healthPort: number): Promise<void> {
  const deadlineMs = performance.now() + READY_WITHIN_MS;
  while (!(await isReady(healthPort))) {
    if (child.exitCode !== null) throw new Error('it ended');
    if (performance.now() > deadlineMs) throw new Error('it does not become ready');
    await delay(POLL_MS);
  }
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

function residentMiB(pid = 0): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  return { now: mebibytes('VmRSS'), most: mebibytes('VmHWM') };
}

/** Processor time of a process so far, in milliseconds. Fields 14 and 15 of proc(5) are in ticks, a hundred a second; the name in field 2 is the only one with brackets. */
export function processorMs(pid = 0): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
