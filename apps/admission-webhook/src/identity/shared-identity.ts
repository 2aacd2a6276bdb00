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
  type SharedReading,
} from '@gatehouse/certificates';
import type { TlsIdentity } from '@gatehouse/http';
import {
  KubeApiError,
  type CertificateStore,
  type SecretForm,
  type WebhookConfigurationForm,
} from '@gatehouse/kube-client';
import type { Clock, Logger } from '@gatehouse/pipeline';
import { HeldIdentity, SERVER_NAME } from './held-identity.ts';
import { LookLoop } from './look-loop.ts';
import { PublishedBundle } from './published-bundle.ts';
import { SaidOnce } from './said-once.ts';
import { readSharedTexts, renderSharedTexts } from './shared-texts.ts';
import type { WebhookIdentity } from './webhook-identity.ts';

export interface RotationSchedule {
  readonly authorityLifeMs: number;
  readonly servingLifeMs: number;
  /** So long after a bundle was seen in the configuration every API server uses it. */
  readonly settleMs: number;
  /** How often it is looked at when nothing tells of a change. */
  readonly lookMs: number;
  /** A replica whose clock is wrong would write without end. */
  readonly writePauseMs: number;
}

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

const DAY_MS = 24 * 3_600_000;
const usualSchedule: RotationSchedule = {
  authorityLifeMs: 3650 * DAY_MS,
  servingLifeMs: 90 * DAY_MS,
  settleMs: 60_000,
  lookMs: 30_000,
  writePauseMs: 10_000,
};

/** So soon it is looked again when somebody else was faster. */
const SOON_MS = 200;

export function sharedIdentity(options: SharedIdentityOptions): WebhookIdentity {
  return new FollowedSecret(options);
}

type Configuration = WebhookConfigurationForm | 'unknown' | undefined;

interface Kept {
  /** After what time to look again. */
  readonly waitMs: number | 'failed';
  /** What clients are to trust; undefined when that is not known. */
  readonly bundlePem: string | undefined;
}

const FAILED: Kept = { waitMs: 'failed', bundlePem: undefined };

class FollowedSecret implements WebhookIdentity {
  readonly #options: SharedIdentityOptions;
  readonly #schedule: RotationSchedule;
  readonly #held: HeldIdentity;
  readonly #published: PublishedBundle;
  readonly #said: SaidOnce;
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
    this.#published = new PublishedBundle({ store, clock, settleMs: this.#schedule.settleMs });
    this.#said = new SaidOnce(logger);
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
    return this.#held.isGiven() ? undefined : this.#why;
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
    const configuration = await this.#readConfiguration();
    const secret = await this.#readSecret();
    const kept = secret === undefined ? FAILED : await this.#keep(secret, configuration);
    this.#held.warnOfEnd();
    if (configuration === 'unknown') return 'failed';
    // What is not known to be the newest may be older than what stands in the configuration.
    const isDone = kept.bundlePem === undefined || (await this.#publish(configuration, kept.bundlePem));
    return isDone ? kept.waitMs : this.#soonMs();
  }

  #soonMs(): number {
    return SOON_MS * this.#options.jitter();
  }

  async #readConfiguration(): Promise<Configuration> {
    try {
      const form = await this.#options.store.readConfiguration();
      this.#said.isFine('readConfiguration', 'The configuration of the webhook can be read again');
      return form;
    } catch (error) {
      this.#failed(
        'readConfiguration',
        'The configuration of the webhook cannot be read, its caBundle is not kept',
        error,
      );
      return 'unknown';
    }
  }

  async #readSecret(): Promise<SecretForm | undefined> {
    try {
      const secret = await this.#options.store.readSecret();
      if (secret !== undefined) this.#said.isFine('readSecret', 'The Secret of the certificate can be read again');
      else
        this.#failed(
          'readSecret',
          'The Secret of the certificate is not there, and only whoever deploys makes it',
          undefined,
        );
      return secret;
    } catch (error) {
      this.#failed('readSecret', 'The Secret of the certificate cannot be read', error);
      return undefined;
    }
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
    const { store, clock, logger, names } = this.#options;
    const { authorityLifeMs, servingLifeMs } = this.#schedule;
    const order = { ...names, commonName: SERVER_NAME, authorityLifeMs, servingLifeMs, nowMs: clock.nowMs() };
    try {
      const texts = step.kind === 'restore' ? this.#serves?.texts : await performRotation(step, shared, order);
      if (texts === undefined) return 'failed';
      await store.writeSecret(secret, renderSharedTexts(texts));
      this.#wroteAtMs = clock.monotonicMs();
      this.#said.isFine('writeSecret', 'The Secret of the certificate can be written again');
      const { because } = step;
      const message =
        step.kind === 'restore' ? 'The certificates were written back' : 'New certificates were made and written';
      logger[step.isAlarming ? 'warn' : 'info'](message, { because });
      return readSharedCertificates(texts);
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 409) return 'outrun';
      this.#failed('writeSecret', 'The Secret of the certificate cannot be written', error);
      return 'failed';
    }
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

  /** Whether it need not be tried again soon. */
  async #publish(configuration: WebhookConfigurationForm | undefined, bundlePem: string): Promise<boolean> {
    try {
      const done = await this.#published.publish(configuration, bundlePem);
      const complaint = COMPLAINTS[done];
      if (complaint !== undefined) this.#said.complain('publish', { ...complaint, sameAs: '', data: {} });
      else this.#said.isFine('publish', 'The caBundle is as it should be');
      if (done === 'written') this.#options.logger.info('The caBundle of the configuration was written');
      return true;
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 409) return false;
      this.#failed('publish', 'The caBundle of the configuration cannot be written', error);
      return true;
    }
  }

  #failed(of: string, message: string, error: unknown): void {
    this.#held.countFailure(of);
    const status = error instanceof KubeApiError ? error.status : 0;
    const reason = error instanceof Error ? error.message : undefined;
    const level = status === 0 && reason !== undefined ? 'warn' : 'error';
    this.#said.complain(of, { level, message, sameAs: String(status), data: reason === undefined ? {} : { reason } });
    if (of !== 'publish' && of !== 'readConfiguration') this.#why = `${decapitalised(message)} (${status})`;
  }
}

const COMPLAINTS: Readonly<Record<string, { readonly level: 'info' | 'warn'; readonly message: string }>> = {
  missing: {
    level: 'info',
    message: 'The configuration of the webhook does not exist yet, its caBundle is written when it does',
  },
  contested: {
    level: 'warn',
    message: 'Somebody else writes the caBundle again and again; it is left to them for a minute each time',
  },
};

function decapitalised(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
