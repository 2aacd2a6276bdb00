/**
 * Duty: an identity that somebody else keeps in two files, read again when they change. A pair that cannot be served is
 * refused, and the one before it stays.
 */
import { X509Certificate } from 'node:crypto';
import type { TlsIdentity } from '@gatehouse/http';
import type { Clock, Logger } from '@gatehouse/pipeline';
import { HeldIdentity } from './held-identity.ts';
import { readTexts, whyUnusable, type PairFiles } from './read-pair.ts';
import type { WebhookIdentity } from './webhook-identity.ts';

export interface FileIdentityOptions extends PairFiles {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Kubelet's switch of a link, a rename and a write in place are all seen by looking. */
const LOOK_MS = 1000;
const NOT_READ = 'the files of the certificate could not be read yet';

export function fileIdentity(options: FileIdentityOptions): WebhookIdentity {
  return new FollowedFiles(options);
}

class FollowedFiles implements WebhookIdentity {
  readonly #options: FileIdentityOptions;
  readonly #held: HeldIdentity;
  #looking: Promise<void> = Promise.resolve();
  #cancel: () => void = () => undefined;
  #isStopped = false;
  /** What the last look found that cannot be served, and whether that was said. */
  #refused = { found: '', isTold: false };

  constructor(options: FileIdentityOptions) {
    this.#options = options;
    this.#held = new HeldIdentity(options);
  }

  async start(): Promise<void> {
    await this.#held.takePlaceholder();
    await this.#look();
    this.#plan();
  }

  current(): TlsIdentity {
    return this.#held.current();
  }

  trusted(): string {
    return this.#held.trusted();
  }

  onChange(listener: () => void): void {
    this.#held.onChange(listener);
  }

  whyUnready(): string | undefined {
    return this.#held.isGiven() ? undefined : NOT_READ;
  }

  facts(): ReturnType<WebhookIdentity['facts']> {
    return this.#held.facts();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#looking;
  }

  #plan(): void {
    if (this.#isStopped) return;
    this.#cancel = this.#options.clock.after(LOOK_MS, () => {
      this.#looking = this.#look().finally(() => this.#plan());
    });
  }

  async #look(): Promise<void> {
    const texts = await readTexts(this.#options);
    if (this.#isStopped) return;
    const why = texts.ok ? whyUnusable(texts.value, this.#options) : texts.error;
    if (why !== undefined || !texts.ok) {
      this.#refuse(why ?? '', texts.ok ? texts.value.certPem : '');
    } else {
      this.#refused = { found: '', isTold: false };
      this.#take(texts.value);
    }
    this.#held.warnOfEnd();
  }

  #take(tls: TlsIdentity): void {
    if (!this.#held.take(tls, tls.certPem)) return;
    const { subject, validTo } = new X509Certificate(tls.certPem);
    const { certificateFile } = this.#options;
    this.#options.logger.info('The certificate was read', { file: certificateFile, subject, endsAt: validTo });
  }

  /** Both files change one after the other: what a second look finds just the same is meant. */
  #refuse(why: string, certPem: string): void {
    const found = `${why}\n${certPem}`;
    if (found !== this.#refused.found) {
      this.#refused = { found, isTold: false };
      if (this.#held.isGiven()) return;
    }
    if (this.#refused.isTold) return;
    this.#refused.isTold = true;
    this.#held.countFailure('read');
    const message = this.#held.isGiven()
      ? 'The new certificate cannot be used, the one before it stays'
      : 'The certificate cannot be used, it is looked for again until it can';
    this.#options.logger.error(message, { reason: why });
  }
}
