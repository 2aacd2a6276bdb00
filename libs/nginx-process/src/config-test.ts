/**
 * Duty: asking nginx whether it would take a configuration (`nginx -t`).
 */
import { spawn } from 'node:child_process';
import type { TestResult } from '@gatehouse/pipeline';
import { parseErrorLine, readRefusal } from './error-log.ts';

export interface ConfigTestOptions {
  readonly binary: string;
  /** Directory that is nginx' prefix and working directory. */
  readonly directory: string;
  /** Full path of nginx.conf. */
  readonly configFile: string;
  /** Ends the test early; it throws then. */
  readonly signal: AbortSignal;
}

/** So long at most: a host name in the configuration may have to be asked for, and a resolver may be slow. */
const LONGEST_TEST_MS = 60_000;

/**
 * A test binds the same sockets as a start would, but leaves those alone that are in use, so the running nginx is not
 * disturbed. Throws when nginx cannot be run, or fails for another reason than the configuration.
 */
export async function testConfig(options: ConfigTestOptions): Promise<TestResult> {
  const { code, stderr } = await runTest(options);
  if (code === 0) return { kind: 'accepted' };
  const emergency = stderr
    .split('\n')
    .map(parseErrorLine)
    .find((line) => line.level === 'emerg');
  if (emergency === undefined) throw new Error(`nginx -t failed (${String(code)}): ${stderr.trim()}`);
  const refusal = readRefusal(emergency.text, options.configFile);
  if (refusal.kind === 'fault') throw new Error(`nginx -t failed: ${emergency.text}`);
  return refusal;
}

async function runTest({ binary, directory, configFile, signal }: ConfigTestOptions): Promise<TestRun> {
  const child = spawn(binary, ['-t', '-q', '-e', 'stderr', '-p', directory, '-c', configFile], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
    killSignal: 'SIGKILL',
    signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_TEST_MS)]),
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`nginx could not be run: ${binary}`, { cause })));
    child.once('close', (code, endedBy) => resolve({ code: code ?? endedBy, stderr }));
  });
}

interface TestRun {
  /** Exit code, or the signal that ended it. */
  readonly code: number | string | null;
  readonly stderr: string;
}
