/**
 * Duty: one nginx master as a child process: starting it, its error log, signalling it, ending it with all its workers.
 * Must not know about generations.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@gatehouse/pipeline';
import { openAccessLogOutput } from './access-log-output.ts';
import { isGivenUp, isWorkerCrash, parseErrorLine, type ErrorLine } from './error-log.ts';
import { killGroup } from './leftover-processes.ts';
import { createLineLimit } from './line-limit.ts';
import type { RuntimeLayout } from './runtime-layout.ts';

export interface NginxChildOptions {
  readonly binary: string;
  readonly layout: RuntimeLayout;
  readonly logger: Logger;
  /** File descriptor that takes nginx' standard output. */
  readonly accessLogDescriptor: number;
  /** So many workers were ended by signals. */
  readonly onWorkerCrashes: (count: number) => void;
}

/** How long nginx may take to end at once. */
const TERMINATION_MS = 2_000;

export class NginxChild {
  readonly #process: ChildProcess;
  readonly #logger: Logger;
  readonly #onWorkerCrashes: (count: number) => void;
  readonly #limit = createLineLimit();
  readonly #exited: Promise<void>;
  #ending: string | undefined;
  #emergencies: string[] = [];

  constructor({ binary, layout, logger, accessLogDescriptor, onWorkerCrashes }: NginxChildOptions) {
    this.#logger = logger;
    this.#onWorkerCrashes = onWorkerCrashes;
    const output = openAccessLogOutput(accessLogDescriptor, layout.proxy);
    if (output.loss !== undefined) {
      logger.error('The access log is lost: standard output cannot be opened by name', { reason: output.loss });
    }
    const parameters = ['-e', 'stderr', '-p', layout.directory, '-c', layout.runningConfig];
    this.#process = spawn(binary, parameters, {
      cwd: layout.directory,
      stdio: ['ignore', output.descriptor, 'pipe'],
      // A process group of its own: Ctrl-C at a terminal is for us alone, and all workers can be reached as the group.
      detached: true,
    });
    output.release();
    this.#exited = new Promise((resolve) => {
      const end = (how: string) => {
        this.#ending = how;
        resolve();
      };
      this.#process.once('error', (error) => end(error.message));
      this.#process.once('exit', (code, signal) => end(describeEnd(code, signal)));
    });
    const { stderr } = this.#process;
    if (stderr !== null) createInterface({ input: stderr }).on('line', (line) => this.#readLine(line));
  }

  /** Process id of the master; 0 when it could not be started. */
  get id(): number {
    return this.#process.pid ?? 0;
  }

  /** Resolves when the master has ended, or could not be started. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  /** How it ended; undefined while it lives. */
  get ending(): string | undefined {
    return this.#ending;
  }

  /** Why the master gave a configuration up, since `forgetEmergencies`. */
  get emergencies(): readonly string[] {
    return this.#emergencies;
  }

  forgetEmergencies(): void {
    this.#emergencies = [];
  }

  /** Makes the master read its configuration again. */
  reload(): void {
    this.#process.kill('SIGHUP');
  }

  /** Makes the master end at once, with all its workers. */
  terminate(): void {
    this.#process.kill('SIGTERM');
  }

  /** Ends master and workers: gracefully, after `graceMs` at once, and then by force. Resolves when none is left. */
  async end(graceMs: number): Promise<void> {
    this.#process.kill('SIGQUIT');
    if (!(await this.#hasExitedWithin(graceMs))) {
      this.terminate();
      await this.#hasExitedWithin(TERMINATION_MS);
    }
    if (this.id !== 0) await killGroup(this.id);
  }

  async #hasExitedWithin(limitMs: number): Promise<boolean> {
    const timeout = new AbortController();
    const late = delay(limitMs, 'late', { signal: timeout.signal }).catch(() => 'cancelled');
    const first = await Promise.race([this.#exited, late]);
    timeout.abort();
    return first === undefined;
  }

  #readLine(text: string): void {
    const line = parseErrorLine(text);
    if (isGivenUp(line) && (line.pid === undefined || line.pid === this.#process.pid)) {
      this.#emergencies.push(line.text);
    }
    if (line.pid === this.#process.pid && isWorkerCrash(line)) this.#onWorkerCrashes(1);
    const leftOut = this.#limit.admit(line.text, performance.now());
    if (leftOut !== undefined) logLine(this.#logger, line, leftOut);
  }
}

function describeEnd(code: number | null, signal: string | null): string {
  return signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
}

/** `leftOut` lines that are like it came before it and were not logged. */
function logLine(logger: Logger, { level, pid, text }: ErrorLine, leftOut: number): void {
  const message = 'nginx says';
  const content = {
    severity: level,
    text,
    ...(pid === undefined ? {} : { pid }),
    ...(leftOut === 0 ? {} : { leftOutBefore: leftOut }),
  };
  switch (level) {
    case 'emerg':
    case 'alert':
    case 'crit':
    case 'error':
      logger.error(message, content);
      break;
    case 'warn':
      logger.warn(message, content);
      break;
    case 'notice':
    case 'info':
    case 'debug':
      logger.debug(message, content);
      break;
  }
}
