/**
 * Duty: the wiring between a process and a program of ours: signals, closed pipes, the exit code. Must not know which
 * program it is, nor ask for the process itself: main.ts gives it.
 */
import type { Environment, ProgramContext, TextSink } from '@gatehouse/flags';

/** What is used of `process`. */
export interface HostProcess {
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  exitCode?: number | string | null | undefined;
  on(signal: 'SIGHUP' | 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

interface OutputStream extends TextSink {
  on(event: 'error', listener: (error: Error & { readonly code?: string }) => void): unknown;
}

/** npm passes on a signal that a terminal has delivered already: a second one so soon means nothing new. */
const DOUBLED_WITHIN_MS = 1000;
/** Nobody reads any more: the other end of the pipe was closed, or the terminal is gone. */
const NOBODY_READS = ['EPIPE', 'EIO'];

/**
 * Runs a program until it ends by itself or is told to: by SIGINT, SIGTERM or SIGHUP, or because nobody reads its output
 * any more (`… | head`). A later second signal means at once (`ProgramContext.cutOff`). The program's answer becomes the
 * exit code.
 */
export async function runProgram(
  host: HostProcess,
  program: (context: ProgramContext) => Promise<number>,
): Promise<void> {
  const end = new AbortController();
  const cutOff = new AbortController();
  let firstMs: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    host.on(signal, () => {
      firstMs ??= performance.now();
      end.abort();
      if (performance.now() - firstMs > DOUBLED_WITHIN_MS) cutOff.abort();
    });
  }
  for (const stream of [host.stdout, host.stderr]) {
    stream.on('error', ({ code = '' }) => {
      // A log that cannot be written for another reason, such as a full disk, is no reason to stop serving.
      if (NOBODY_READS.includes(code)) end.abort();
    });
  }
  host.exitCode = await program({
    argv: host.argv.slice(2),
    env: host.env,
    stdout: host.stdout,
    stderr: host.stderr,
    signal: end.signal,
    cutOff: cutOff.signal,
  });
}
