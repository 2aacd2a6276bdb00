/**
 * Duty: what goes wrong again and again: each time is counted, and the log is told once of it, and once that it goes well
 * again. Must not know what is tried.
 */
import { KubeApiError } from '@gatehouse/kube-client';
import type { Logger } from '@gatehouse/pipeline';

export interface TroubleWords {
  readonly failed: string;
  readonly fine: string;
}

interface Complaint {
  readonly level: 'error' | 'info' | 'warn';
  readonly message: string;
  /** Said again when it is another one than the last; the message when it is left out. */
  readonly sameAs?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface TroublesOptions {
  readonly logger: Logger;
  readonly count: (of: string) => void;
}

export class Troubles {
  readonly #options: TroublesOptions;
  readonly #said = new Map<string, string>();

  constructor(options: TroublesOptions) {
    this.#options = options;
  }

  /** Tries it. What it throws is dealt with here, and answered by its status: 0 when there was no answer of a server. */
  async attempt<T>(
    of: string,
    { failed, fine }: TroubleWords,
    work: () => Promise<T>,
  ): Promise<{ readonly value: T } | { readonly failedWith: number }> {
    try {
      const value = await work();
      this.isFine(of, fine);
      return { value };
    } catch (error) {
      const status = error instanceof KubeApiError ? error.status : 0;
      // Somebody was faster, which is nobody's fault.
      if (status === 409) return { failedWith: status };
      this.#options.count(of);
      const reason = error instanceof Error ? error.message : String(error);
      const level = status === 0 ? 'warn' : 'error';
      this.complain(of, { level, message: failed, sameAs: `${failed} ${status}`, data: { reason } });
      return { failedWith: status };
    }
  }

  complain(of: string, { level, message, sameAs = message, data }: Complaint): void {
    if (this.#said.get(of) === sameAs) return;
    this.#said.set(of, sameAs);
    this.#options.logger[level](message, data);
  }

  isFine(of: string, message: string): void {
    if (this.#said.delete(of)) this.#options.logger.info(message);
  }
}
