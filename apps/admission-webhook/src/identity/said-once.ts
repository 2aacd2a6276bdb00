/**
 * Duty: telling the log once of what goes wrong again and again, and once that it goes well again. Must not know what is
 * tried.
 */
import type { Logger } from '@gatehouse/pipeline';

export interface Complaint {
  readonly level: 'error' | 'info' | 'warn';
  readonly message: string;
  /** Told again when it is another one than the last. */
  readonly sameAs: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export class SaidOnce {
  readonly #logger: Logger;
  readonly #said = new Map<string, string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  complain(of: string, { level, message, sameAs, data }: Complaint): void {
    const words = `${message} ${sameAs}`;
    if (this.#said.get(of) === words) return;
    this.#said.set(of, words);
    this.#logger[level](message, data);
  }

  /** Goes well, for the first time or again. */
  isFine(of: string, message: string): void {
    if (this.#said.delete(of)) this.#logger.info(message);
  }
}
