/**
 * Duty: an identity that somebody else keeps in two files, read again when they change. A pair that cannot be served is
 * refused, and the one before it stays.
 */
import { X509Certificate } from 'node:crypto';
import { validityOf } from '@gatehouse/certificates';
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
/** Whoever renews a certificate does so in the last third of its life. */
const WARN_AT_LAST = 1 / 6;
const NOT_READ = 'the files of the certificate could not be read yet';

export function fileIdentity(options: FileIdentityOptions): WebhookIdentity {
  return new FollowedFiles(options);
}

class FollowedFiles implements WebhookIdentity {
  readonly #options: FileIdentityOptions;
  readonly #held = new HeldIdentity();
  #looking: Promise<void> = Promise.resolve();
  #cancel: () => void = () => undefined;
  #isStopped = false;
  /** What the last look found that cannot be served, and whether that was said. */
  #refused = { found: '', isTold: false };
  #told: 'ended' | 'endsSoon' | undefined;

  constructor(options: FileIdentityOptions) {
    this.#options = options;
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
    if (this.#held.isGiven()) this.#warnOfEnd();
  }

  #take(tls: TlsIdentity): void {
    if (!this.#held.take(tls, tls.certPem)) return;
    this.#told = undefined;
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

  #warnOfEnd(): void {
    const { certificateFile: file, clock, logger } = this.#options;
    const { madeMs, endsMs } = validityOf(new X509Certificate(this.#held.current().certPem));
    const leftMs = endsMs - clock.nowMs();
    const now = leftMs <= 0 ? 'ended' : leftMs < (endsMs - madeMs) * WARN_AT_LAST ? 'endsSoon' : undefined;
    if (now === this.#told) return;
    this.#told = now;
    const data = { file, endsAt: new Date(endsMs).toISOString() };
    if (now === 'endsSoon') logger.warn('The certificate ends soon, and no newer one is in its file', data);
    if (now === 'ended') logger.error('The certificate has ended, and no newer one is in its file', data);
  }
}
