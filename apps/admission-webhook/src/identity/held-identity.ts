/**
 * Duty: what every way to an identity has in common: the pair that is held now, who is told of another one, and what is
 * counted. Must not know where a pair comes from.
 */
import { X509Certificate } from 'node:crypto';
import { makeSelfSignedCertificate, validityOf } from '@gatehouse/certificates';
import type { TlsIdentity } from '@gatehouse/http';
import type { Clock, Logger } from '@gatehouse/pipeline';
import type { IdentityFacts } from './webhook-identity.ts';

/** What certificates of our own making call the server. */
export const SERVER_NAME = 'gatehouse-admission-webhook';

export interface HeldIdentityOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Whoever renews a certificate does so in the last third of its life. */
const WARN_AT_LAST = 1 / 6;

export class HeldIdentity {
  readonly #options: HeldIdentityOptions;
  #tls: TlsIdentity | undefined;
  #trusted = '';
  #isPlaceholder = false;
  #listener: () => void = () => undefined;
  #told: 'ended' | 'endsSoon' | undefined;
  #changes = 0;
  readonly #endsMs = new Map<string, number>();
  readonly #failures = new Map<string, number>();

  constructor(options: HeldIdentityOptions) {
    this.#options = options;
  }

  /** Throws before the first pair was taken. */
  current(): TlsIdentity {
    if (this.#tls === undefined) throw new Error('there is no certificate yet');
    return this.#tls;
  }

  trusted(): string {
    return this.#trusted;
  }

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  /** Whether a pair was taken that somebody may trust. */
  isGiven(): boolean {
    return this.#tls !== undefined && !this.#isPlaceholder;
  }

  /** Whether nobody trusts it any more. */
  hasEnded(): boolean {
    return (this.#endsMs.get('serving') ?? Infinity) <= this.#options.clock.nowMs();
  }

  /** Makes a pair that nobody trusts, so that there is something to listen with. */
  async takePlaceholder(): Promise<void> {
    const names = { commonName: SERVER_NAME, dnsNames: [SERVER_NAME], ipAddresses: [] };
    this.#tls = await makeSelfSignedCertificate({ ...names, validDays: 1 });
    this.#isPlaceholder = true;
  }

  /** Whether it is another one than before. */
  take(tls: TlsIdentity, trusted: string): boolean {
    this.#trusted = trusted;
    if (tls.certPem === this.#tls?.certPem && tls.keyPem === this.#tls.keyPem) return false;
    if (this.isGiven()) this.#changes += 1;
    this.#tls = tls;
    this.#isPlaceholder = false;
    this.#told = undefined;
    this.tellEnd('serving', validityOf(new X509Certificate(tls.certPem)).endsMs);
    this.#listener();
    return true;
  }

  tellEnd(of: string, endsMs: number): void {
    this.#endsMs.set(of, endsMs);
  }

  countFailure(of: string): void {
    this.#failures.set(of, (this.#failures.get(of) ?? 0) + 1);
  }

  /** Says once that what is held ends soon, and once that it has ended. */
  warnOfEnd(): void {
    if (!this.isGiven()) return;
    const { clock, logger } = this.#options;
    const { madeMs, endsMs } = validityOf(new X509Certificate(this.current().certPem));
    const leftMs = endsMs - clock.nowMs();
    const now = leftMs <= 0 ? 'ended' : leftMs < (endsMs - madeMs) * WARN_AT_LAST ? 'endsSoon' : undefined;
    if (now === this.#told) return;
    this.#told = now;
    const data = { endsAt: new Date(endsMs).toISOString() };
    if (now === 'endsSoon') logger.warn('The certificate of the webhook ends soon, and there is no newer one', data);
    if (now === 'ended') logger.error('The certificate of the webhook has ended, and there is no newer one', data);
  }

  facts(): IdentityFacts {
    return { endsMs: this.#endsMs, changes: this.#changes, failures: this.#failures };
  }
}
