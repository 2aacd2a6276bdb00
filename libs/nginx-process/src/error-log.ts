/**
 * Duty: reading what nginx writes to its error log. Pure.
 */
import type { Refusal } from '@gatehouse/pipeline';

type ErrorLevel = 'alert' | 'crit' | 'debug' | 'emerg' | 'error' | 'info' | 'notice' | 'warn';

export interface ErrorLine {
  readonly level: ErrorLevel;
  /** The process that wrote it; undefined in what is said before the log is open. */
  readonly pid?: number;
  readonly text: string;
}

/** `2026/11/23 03:40:52 [emerg] 12618#12618: text`, or `nginx: [emerg] text` while the log is not open yet. */
const LINE = /^(?:nginx: |\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d )\[(\w+)\] (?:(\d+)#\d+: )?(.*)$/s;
const LEVELS = new Set<string>(['alert', 'crit', 'debug', 'emerg', 'error', 'info', 'notice', 'warn']);

/** One line; what has another form (a library's words, say) counts as a notice. */
export function parseErrorLine(line: string): ErrorLine {
  const [, level = '', pid, text = ''] = LINE.exec(line) ?? [];
  if (!isLevel(level)) return { level: 'notice', text: line };
  return { level, ...(pid === undefined ? {} : { pid: Number(pid) }), text };
}

/** Whether a master that says this gives its configuration up. Of shared memory that it cannot have it says no more than this. */
export function isGivenUp({ level, text }: ErrorLine): boolean {
  return level === 'emerg' || (level === 'alert' && /^(?:mmap|shmget|shmat)\(.*\) failed \(/.test(text));
}

/** Whether the master says that a worker was ended by a signal (a crash, or the kernel for want of memory). */
export function isWorkerCrash({ level, text }: ErrorLine): boolean {
  return level === 'alert' && /^worker process \d+ exited on signal \d+/.test(text);
}

/**
 * What nginx' words mean: that it refuses the configuration `configFile` (its full path), or that the machine does not
 * let it (`fault`): no line is to blame and a system error stands at the end, as in `bind() to … (98: …)`.
 */
export function readRefusal(text: string, configFile: string): Refusal | { readonly kind: 'fault' } {
  const marker = ` in ${configFile}:`;
  const markerAt = text.lastIndexOf(marker);
  const lineText = markerAt < 0 ? '' : text.slice(markerAt + marker.length);
  if (/^\d+$/.test(lineText)) return { kind: 'refused', message: text.slice(0, markerAt), line: Number(lineText) };
  return / \(\d+: [^()]+\)$/.test(text) ? { kind: 'fault' } : { kind: 'refused', message: text };
}

function isLevel(word: string): word is ErrorLevel {
  return LEVELS.has(word);
}
