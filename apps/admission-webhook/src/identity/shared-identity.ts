/**
 * Duty: an identity that all replicas share through one Secret: whichever sees that something is due makes it, all follow,
 * and the authorities are told to API servers in a ValidatingWebhookConfiguration. What is due is for planRotation to say.
 *
 * A look reads the configuration first and the Secret after it, and writes each only in the form that was read: what is
 * written into the configuration is then never older than what stands there.
 */
import {
  performRotation,
  planRotation,
  readSharedCertificates,
  renderBundle,
  validityOf,
  type RotationStep,
  type ServedNames,
  type SharedCertificates,
  type SharedReading,
} from '@gatehouse/certificates';
import type { TlsIdentity } from '@gatehouse/http';
import type { CertificateStore, SecretForm } from '@gatehouse/kube-client';
import type { Clock, Logger } from '@gatehouse/pipeline';
import { HeldIdentity, SERVER_NAME } from './held-identity.ts';
import { LookLoop } from './look-loop.ts';
import { PublishedBundle, type Configuration } from './published-bundle.ts';
import { usualSchedule, type RotationSchedule } from './rotation-schedule.ts';
import { readSharedTexts, renderSharedTexts } from './shared-texts.ts';
import { Troubles, type TroubleWords } from './troubles.ts';
import type { WebhookIdentity } from './webhook-identity.ts';

export interface SharedIdentityOptions {
  /** Closed when the identity is stopped. */
  readonly store: CertificateStore;
  readonly names: ServedNames;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A number from 0 (inclusive) to 1, another one each time. */
  readonly jitter: () => number;
  /** What differs from the usual times. */
  readonly schedule?: Partial<RotationSchedule>;
}

/** So soon it is looked again when somebody else was faster. */
const SOON_MS = 200;

export function sharedIdentity(options: SharedIdentityOptions): WebhookIdentity {
  return new FollowedSecret(options);
}

interface Kept {
  /** After what time to look again. */
  readonly waitMs: number | 'failed';
  /** What clients are to trust; undefined when that is not known. */
  readonly bundlePem: string | undefined;
}

const WORDS = {
  readSecret: {
    failed: 'The Secret of the certificate cannot be read',
    fine: 'The Secret of the certificate can be read again',
  },
  writeSecret: {
    failed: 'The Secret of the certificate cannot be written',
    fine: 'The Secret of the certificate can be written again',
  },
} as const satisfies Readonly<Record<string, TroubleWords>>;
const NO_SECRET = 'The Secret of the certificate is not there, and only whoever deploys makes it';

const FAILED: Kept = { waitMs: 'failed', bundlePem: undefined };

class FollowedSecret implements WebhookIdentity {
  readonly #options: SharedIdentityOptions;
  readonly #schedule: RotationSchedule;
  readonly #held: HeldIdentity;
  readonly #published: PublishedBundle;
  readonly #troubles: Troubles;
  readonly #loop: LookLoop;
  /** What is served, when it came whole. */
  #serves: SharedReading | undefined;
  #wroteAtMs = -Infinity;
  #why = 'the certificate has not been read from its Secret yet';

  constructor(options: SharedIdentityOptions) {
    const { store, clock, logger, jitter, schedule } = options;
    this.#options = options;
    this.#schedule = { ...usualSchedule, ...schedule };
    this.#held = new HeldIdentity({ clock, logger });
    const troubles = new Troubles({ logger, count: (of) => this.#held.countFailure(of) });
    this.#troubles = troubles;
    this.#published = new PublishedBundle({ store, clock, logger, troubles, settleMs: this.#schedule.settleMs });
    this.#loop = new LookLoop({ clock, jitter, look: () => this.#look() });
  }

  async start(): Promise<void> {
    await this.#held.takePlaceholder();
    this.#loop.start();
    this.#options.store.follow(() => this.#loop.wake());
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
    if (!this.#held.isGiven()) return this.#why;
    return this.#held.hasEnded() ? 'the certificate has ended, and no newer one could be made yet' : undefined;
  }

  facts(): ReturnType<WebhookIdentity['facts']> {
    return this.#held.facts();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.#options.store.close();
  }

  /** Answers after what time to look again; 'failed' to try again as is usual after failures. */
  async #look(): Promise<number | 'failed'> {
    const configuration = await this.#published.read();
    const secret = await this.#readSecret();
    const kept = secret === undefined ? FAILED : await this.#keep(secret, configuration);
    this.#held.warnOfEnd();
    if (configuration === 'unknown') return 'failed';
    // What is not known to be the newest may be older than what stands in the configuration.
    const isOutrun =
      kept.bundlePem !== undefined && (await this.#published.publish(configuration, kept.bundlePem)) === 'outrun';
    return isOutrun ? this.#soonMs() : kept.waitMs;
  }

  #soonMs(): number {
    return SOON_MS * this.#options.jitter();
  }

  async #readSecret(): Promise<SecretForm | undefined> {
    const { store } = this.#options;
    const read = await this.#troubles.attempt('readSecret', WORDS.readSecret, () => store.readSecret());
    if ('failedWith' in read) {
      this.#why = `the Secret of the certificate cannot be read (${read.failedWith})`;
      return undefined;
    }
    if (read.value === undefined) {
      this.#held.countFailure('readSecret');
      this.#troubles.complain('findSecret', { level: 'error', message: NO_SECRET });
      this.#why = 'the Secret of the certificate is not there';
    } else this.#troubles.isFine('findSecret', 'The Secret of the certificate is there');
    return read.value;
  }

  /** Does what is due, and serves what came of it. */
  async #keep(secret: SecretForm, configuration: Configuration): Promise<Kept> {
    const { clock, names } = this.#options;
    const { servingLifeMs, lookMs, settleMs, writePauseMs } = this.#schedule;
    const shared = readSharedCertificates(readSharedTexts(secret.texts));
    const isTrusted = this.#published.isSettled(configuration, renderBundle(shared.authorities));
    const nowMs = clock.nowMs();
    const step = planRotation({ shared, held: this.#serves, names, isTrusted, servingLifeMs, nowMs });
    if (step.kind === 'wait') {
      const isHandingOver = shared.issuer !== shared.signer;
      const waitMs = Math.min(step.untilMs - nowMs, lookMs, isHandingOver ? settleMs / 4 : lookMs);
      return { waitMs, bundlePem: this.#serve(shared) };
    }
    const pauseMs = this.#wroteAtMs + writePauseMs - clock.monotonicMs();
    if (pauseMs > 0) return { waitMs: pauseMs, bundlePem: this.#serve(shared) };
    const written = await this.#write(secret, { shared, step });
    if (written === 'outrun') return { waitMs: this.#soonMs(), bundlePem: undefined };
    if (written === 'failed') return { waitMs: 'failed', bundlePem: this.#serve(shared) };
    return { waitMs: 0, bundlePem: this.#serve(written) };
  }

  async #write(
    secret: SecretForm,
    { shared, step }: { readonly shared: SharedReading; readonly step: Exclude<RotationStep, { kind: 'wait' }> },
  ): Promise<SharedReading | 'failed' | 'outrun'> {
    const { store, clock, logger } = this.#options;
    const written = await this.#troubles.attempt('writeSecret', WORDS.writeSecret, async () => {
      const texts = await this.#make(shared, step);
      await store.writeSecret(secret, renderSharedTexts(texts));
      return texts;
    });
    if ('failedWith' in written) {
      if (written.failedWith === 409) return 'outrun';
      this.#why = `the Secret of the certificate cannot be written (${written.failedWith})`;
      return 'failed';
    }
    this.#wroteAtMs = clock.monotonicMs();
    const { kind, because, isAlarming } = step;
    const message =
      kind === 'restore' ? 'The certificates were written back' : 'New certificates were made and written';
    logger[isAlarming ? 'warn' : 'info'](message, { because });
    return readSharedCertificates(written.value);
  }

  async #make(shared: SharedReading, step: Exclude<RotationStep, { kind: 'wait' }>): Promise<SharedCertificates> {
    if (step.kind === 'restore') return step.texts;
    const { clock, names } = this.#options;
    const { authorityLifeMs, servingLifeMs } = this.#schedule;
    const order = { ...names, commonName: SERVER_NAME, authorityLifeMs, servingLifeMs, nowMs: clock.nowMs() };
    return performRotation(step, shared, order);
  }

  /** Answers what clients are to trust; undefined when there is nothing to serve. */
  #serve(shared: SharedReading): string | undefined {
    const { serving, signer, texts, flaws } = shared;
    if (serving === undefined) {
      this.#why = 'the Secret of the certificate holds none that can be served';
      return undefined;
    }
    const bundlePem = renderBundle(shared.authorities);
    if (flaws.length === 0) this.#serves = shared;
    if (signer !== undefined) this.#held.tellEnd('authority', validityOf(signer).endsMs);
    if (this.#held.take(texts, bundlePem)) {
      const { serialNumber, issuer, validTo: endsAt } = serving;
      this.#options.logger.info('The certificate of the Secret is served', { serialNumber, issuer, endsAt });
    }
    return bundlePem;
  }
}
