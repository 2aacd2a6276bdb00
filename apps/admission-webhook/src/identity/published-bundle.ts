/**
 * Duty: keeping the `caBundle` of a ValidatingWebhookConfiguration what it should be, and knowing since when every API
 * server can be believed to have seen it there. Must not know what is in a bundle.
 */
import type { CertificateStore, WebhookConfigurationForm } from '@gatehouse/kube-client';
import type { Clock, Logger } from '@gatehouse/pipeline';
import type { Troubles, TroubleWords } from './troubles.ts';

export interface PublishedBundleOptions {
  readonly store: Pick<CertificateStore, 'readConfiguration' | 'writeBundle'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly troubles: Troubles;
  /** API servers follow configurations with a delay of this at most. */
  readonly settleMs: number;
}

/** Whoever undoes that again and again is left alone for the rest of the period. */
const MOST_WRITES = 4;
const PERIOD_MS = 60_000;

const READ: TroubleWords = {
  failed: 'The configuration of the webhook cannot be read, its caBundle is not kept',
  fine: 'The configuration of the webhook can be read again',
};
const WRITE: TroubleWords = {
  failed: 'The caBundle of the configuration cannot be written',
  fine: 'The caBundle of the configuration can be written again',
};
const MISSING = 'The configuration of the webhook does not exist yet, its caBundle is written when it does';
const CONTESTED = 'Somebody else writes the caBundle again and again; it is left to them for a minute each time';

/** Undefined: there is no such configuration. */
type Form = WebhookConfigurationForm | undefined;
export type Configuration = Form | 'unknown';

export class PublishedBundle {
  readonly #options: PublishedBundleOptions;
  #seen: { readonly bundlePem: string; readonly sinceMs: number } | undefined;
  #written: readonly { readonly bundlePem: string; readonly atMs: number }[] = [];

  constructor(options: PublishedBundleOptions) {
    this.#options = options;
  }

  /** What it is now, as far as that can be known. */
  async read(): Promise<Configuration> {
    const { store, troubles } = this.#options;
    const read = await troubles.attempt('readConfiguration', READ, () => store.readConfiguration());
    return 'value' in read ? read.value : 'unknown';
  }

  /** To be asked after each reading. Whether the bundle has stood in it for long enough. */
  isSettled(form: Configuration, bundlePem: string): boolean {
    const { clock, settleMs } = this.#options;
    if (form === 'unknown' || !isIn(form, bundlePem)) {
      this.#seen = undefined;
      return false;
    }
    const nowMs = clock.monotonicMs();
    if (this.#seen?.bundlePem !== bundlePem) this.#seen = { bundlePem, sinceMs: nowMs };
    return nowMs - this.#seen.sinceMs >= settleMs;
  }

  /** Writes it where it is not; `outrun` when the configuration has changed since it was read. */
  async publish(form: Form, bundlePem: string): Promise<'done' | 'outrun'> {
    const { logger, troubles } = this.#options;
    const wrote = await troubles.attempt('publish', WRITE, () => this.#write(form, bundlePem));
    if ('failedWith' in wrote) return wrote.failedWith === 409 ? 'outrun' : 'done';
    if (wrote.value === 'missing') troubles.complain('findConfiguration', { level: 'info', message: MISSING });
    else troubles.isFine('findConfiguration', 'The configuration of the webhook is there');
    if (wrote.value === 'contested') troubles.complain('contest', { level: 'warn', message: CONTESTED });
    if (wrote.value === 'present') troubles.isFine('contest', 'The caBundle is as it should be');
    if (wrote.value === 'written') logger.info('The caBundle of the configuration was written');
    return 'done';
  }

  async #write(form: Form, bundlePem: string): Promise<'contested' | 'missing' | 'present' | 'written'> {
    if (form === undefined) return 'missing';
    if (isIn(form, bundlePem)) return 'present';
    const { store, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    this.#written = this.#written.filter((write) => nowMs - write.atMs < PERIOD_MS && write.bundlePem === bundlePem);
    if (this.#written.length >= MOST_WRITES) return 'contested';
    await store.writeBundle(form, bundlePem);
    this.#written = [...this.#written, { bundlePem, atMs: nowMs }];
    return 'written';
  }
}

/** A configuration that is not there leads nobody astray. */
function isIn(form: Form, bundlePem: string): boolean {
  return form === undefined || form.webhooks.every((webhook) => webhook.bundlePem === bundlePem);
}
