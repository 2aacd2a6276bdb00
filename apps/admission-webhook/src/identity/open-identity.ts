/**
 * Duty: from flags to the way in which the webhook comes by its certificate.
 */
import { EXIT_USAGE } from '@gatehouse/flags';
import { StartError, systemClock } from '@gatehouse/logging';
import type { Logger } from '@gatehouse/pipeline';
import type { AdmissionWebhookFlags } from '../command.ts';
import { fileIdentity } from './file-identity.ts';
import { memoryIdentity } from './memory-identity.ts';
import type { WebhookIdentity } from './webhook-identity.ts';

export interface OpenIdentityOptions {
  readonly flags: Pick<AdmissionWebhookFlags, 'certificateFile' | 'keyFile'>;
  readonly logger: Logger;
}

/** Not started yet. Throws a StartError when the flags contradict each other. */
export function openIdentity({ flags, logger }: OpenIdentityOptions): WebhookIdentity {
  const { certificateFile, keyFile } = flags;
  const ports = { clock: systemClock, logger };
  if (certificateFile === '' && keyFile === '') return memoryIdentity(ports);
  if (certificateFile === '' || keyFile === '') throw new StartError(BOTH, { exitCode: EXIT_USAGE });
  return fileIdentity({ ...ports, certificateFile, keyFile });
}

const BOTH = '--certificate-file and --key-file: either both are given, or neither';
