/**
 * Duty: a log that tests can read.
 */
import type { Logger } from '@gatehouse/pipeline';

export interface LogEntry {
  readonly level: 'debug' | 'error' | 'info' | 'warn';
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Keeps what it is told, and prints nothing. */
export class RecordingLogger implements Logger {
  readonly entries: LogEntry[] = [];

  debug(message: string, data: LogEntry['data'] = {}): void {
    this.entries.push({ level: 'debug', message, data });
  }

  info(message: string, data: LogEntry['data'] = {}): void {
    this.entries.push({ level: 'info', message, data });
  }

  warn(message: string, data: LogEntry['data'] = {}): void {
    this.entries.push({ level: 'warn', message, data });
  }

  error(message: string, data: LogEntry['data'] = {}): void {
    this.entries.push({ level: 'error', message, data });
  }

  /** The messages of a level, in order. */
  messages(level: LogEntry['level']): readonly string[] {
    return this.entries.filter((entry) => entry.level === level).map((entry) => entry.message);
  }
}
