/**
 * Duty: the Logger port on pino: one JSON object a line for a log collector, or one readable line for a terminal.
 * Must not know what is logged; what may be shown of it is decided in `redact.ts`.
 */
import type { Logger } from '@gatehouse/pipeline';
import { pino } from 'pino';
import { formatLine } from './format-line.ts';
import { redact } from './redact.ts';

export type LogFormat = 'auto' | 'json' | 'text';
export type LogLevel = 'debug' | 'error' | 'info' | 'silent' | 'warn';

/** Where lines go, such as `process.stderr`. */
export interface LogDestination {
  readonly isTTY?: boolean;
  write(line: string): unknown;
}

export interface LoggerOptions {
  /** `auto` means text on a terminal and JSON everywhere else. */
  readonly format: LogFormat;
  /** The least that is written. */
  readonly level: LogLevel;
  readonly destination: LogDestination;
}

/**
 * A logger that writes each call at once. JSON lines have `time` (RFC 3339, UTC), `level`, `message` and the data beside
 * them. Neither form ever shows a Secret's content, a private key or a password.
 */
export function createLogger({ format, level, destination }: LoggerOptions): Logger {
  const readable = format === 'text' || (format === 'auto' && destination.isTTY === true);
  const lines = pino(
    {
      level,
      messageKey: 'message',
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => destination.write(readable ? formatLine(line) : line) },
  );
  return {
    debug: (message, data) => lines.debug(redact(data), message),
    info: (message, data) => lines.info(redact(data), message),
    warn: (message, data) => lines.warn(redact(data), message),
    error: (message, data) => lines.error(redact(data), message),
  };
}
