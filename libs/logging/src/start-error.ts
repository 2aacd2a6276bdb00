/**
 * Duty: telling why a program could not start: in one sentence when whoever started it can mend it.
 */
import { EXIT_FAILED } from '@gatehouse/flags';
import type { Logger } from '@gatehouse/pipeline';

interface StartErrorOptions {
  /** EXIT_FAILED unless given. */
  readonly exitCode?: number;
  readonly cause?: unknown;
}

/** Its message is a sentence without a full stop that names the flag (`--http-port: …`). */
export class StartError extends Error {
  readonly exitCode: number;

  constructor(message: string, { exitCode = EXIT_FAILED, cause }: StartErrorOptions = {}) {
    super(message, { cause });
    this.name = 'StartError';
    this.exitCode = exitCode;
  }
}

/** Logs what ended a program, with the stack only where nobody foresaw it (else at level debug). The answer is the exit code. */
export function logFailure(logger: Logger, error: unknown): number {
  if (!(error instanceof StartError)) {
    logger.error('failed', { error });
    return EXIT_FAILED;
  }
  logger.error(error.message);
  logger.debug('what led to it', { error });
  return error.exitCode;
}
