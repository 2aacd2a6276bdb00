/**
 * Duty: an identity of the process's own making, kept in memory alone, and made anew before it ends. What clients trust
 * stays the same for as long as the process lives.
 */
import { X509Certificate } from 'node:crypto';
import { issueServing, makeAuthority, validityOf, type CertificateAndKey } from '@gatehouse/certificates';
import type { Clock, Logger } from '@gatehouse/pipeline';
import { HeldIdentity, SERVER_NAME } from './held-identity.ts';
import type { WebhookIdentity } from './webhook-identity.ts';

export interface MemoryIdentityOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

const DAY_MS = 24 * 3_600_000;
const AUTHORITY_LIFE_MS = 3650 * DAY_MS;
const SERVING_LIFE_MS = 365 * DAY_MS;
/** How often it is looked at: no timer is to be longer, and a clock may jump. */
const LOOK_MS = 3_600_000;

/** For `localhost`, its addresses, and a name that says what it is. */
export function memoryIdentity({ clock, logger }: MemoryIdentityOptions): WebhookIdentity {
  const held = new HeldIdentity({ clock, logger });
  let authority: CertificateAndKey | undefined;
  let cancel = (): void => undefined;
  let isStopped = false;
  const make = async (): Promise<void> => {
    const nowMs = clock.nowMs();
    authority ??= await makeAuthority({ commonName: SERVER_NAME, nowMs, lifeMs: AUTHORITY_LIFE_MS });
    const names = { dnsNames: [SERVER_NAME, 'localhost'], ipAddresses: ['127.0.0.1', '::1'] };
    const request = { ...names, authority, commonName: SERVER_NAME, nowMs, lifeMs: SERVING_LIFE_MS };
    const serving = await issueServing(request);
    if (!isStopped) held.take(serving, authority.certPem);
  };
  const look = async (): Promise<void> => {
    if (clock.nowMs() >= validityOf(new X509Certificate(held.current().certPem)).renewAtMs) {
      await make();
      logger.info('The certificate of the webhook was made anew');
    }
    plan();
  };
  const plan = (): void => {
    if (isStopped) return;
    cancel = clock.after(LOOK_MS, () => {
      look().catch((error: unknown) => {
        held.countFailure('make');
        logger.error('The certificate of the webhook cannot be made anew', { error });
        plan();
      });
    });
  };
  return {
    async start() {
      await make();
      plan();
    },
    current: () => held.current(),
    trusted: () => held.trusted(),
    onChange: (listener) => held.onChange(listener),
    whyUnready: () => undefined,
    facts: () => held.facts(),
    stop: () => {
      isStopped = true;
      cancel();
      return Promise.resolve();
    },
  };
}
