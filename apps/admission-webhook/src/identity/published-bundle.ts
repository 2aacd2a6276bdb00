/**
 * Duty: keeping the `caBundle` of a ValidatingWebhookConfiguration what it should be, and knowing since when every API
 * server can be believed to have seen it there. Must not know what is in a bundle.
 */
import type { CertificateStore, WebhookConfigurationForm } from '@gatehouse/kube-client';
import type { Clock } from '@gatehouse/pipeline';

export interface PublishedBundleOptions {
  readonly store: Pick<CertificateStore, 'writeBundle'>;
  readonly clock: Clock;
  /** API servers follow configurations with a delay of this at most. */
  readonly settleMs: number;
}

/** Whoever undoes that again and again is left alone for the rest of the period. */
const MOST_WRITES = 4;
const PERIOD_MS = 60_000;

/** Undefined: there is no such configuration. */
type Form = WebhookConfigurationForm | undefined;

export class PublishedBundle {
  readonly #options: PublishedBundleOptions;
  #seen: { readonly bundlePem: string; readonly sinceMs: number } | undefined;
  #written: readonly { readonly bundlePem: string; readonly atMs: number }[] = [];

  constructor(options: PublishedBundleOptions) {
    this.#options = options;
  }

  /** To be told whenever the configuration was read, or could not be. Whether the bundle has stood in it for long enough. */
  isSettled(form: Form | 'unknown', bundlePem: string): boolean {
    const { clock, settleMs } = this.#options;
    if (form === 'unknown' || !isIn(form, bundlePem)) {
      this.#seen = undefined;
      return false;
    }
    const nowMs = clock.monotonicMs();
    if (this.#seen?.bundlePem !== bundlePem) this.#seen = { bundlePem, sinceMs: nowMs };
    return nowMs - this.#seen.sinceMs >= settleMs;
  }

  /** Writes it where it is not. Throws a KubeApiError, with status 409 when the configuration has changed meanwhile. */
  async publish(form: Form, bundlePem: string): Promise<'contested' | 'missing' | 'present' | 'written'> {
    if (form === undefined) return 'missing';
    if (isIn(form, bundlePem)) return 'present';
    const { store, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const isRecent = (write: { readonly atMs: number }): boolean => nowMs - write.atMs < PERIOD_MS;
    this.#written = this.#written.filter((write) => isRecent(write) && write.bundlePem === bundlePem);
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
