/**
 * Duty: from flags to the way in which the webhook comes by its certificate.
 */
import { EXIT_USAGE } from '@gatehouse/flags';
import { openCertificateStore } from '@gatehouse/kube-client';
import { StartError, systemClock } from '@gatehouse/logging';
import { connectClusterApi, type ClusterApiOptions } from '../cluster-api.ts';
import type { AdmissionWebhookFlags } from '../command.ts';
import { fileIdentity } from './file-identity.ts';
import { memoryIdentity } from './memory-identity.ts';
import { sharedIdentity } from './shared-identity.ts';
import type { WebhookIdentity } from './webhook-identity.ts';

export interface OpenIdentityOptions extends ClusterApiOptions {
  readonly flags: AdmissionWebhookFlags;
}

/** A DNS label (RFC 1123), as names of Namespaces and Services are. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** A DNS subdomain, as names of Secrets are. */
const SUBDOMAIN = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Not started yet. Throws a StartError when flags contradict each other or name no API server. */
export async function openIdentity(options: OpenIdentityOptions): Promise<WebhookIdentity> {
  const { flags, logger } = options;
  const { certificateFile, keyFile, certificateSecret, serviceName, webhookConfiguration } = flags;
  const ports = { clock: systemClock, logger };
  if ((certificateFile === '') !== (keyFile === ''))
    throw usage('--certificate-file and --key-file: either both are given, or neither');
  if (certificateFile !== '' && certificateSecret !== '')
    throw usage('--certificate-file and --certificate-secret: the certificate comes from one of them alone');
  if (certificateSecret === '' && webhookConfiguration !== '')
    throw usage('--webhook-configuration: is only for a certificate of our own making, by --certificate-secret');
  if (certificateFile !== '') return fileIdentity({ ...ports, certificateFile, keyFile });
  return certificateSecret === ''
    ? memoryIdentity(ports)
    : openShared(options, { certificateSecret, serviceName, webhookConfiguration });
}

type SharedFlags = Pick<AdmissionWebhookFlags, 'certificateSecret' | 'serviceName' | 'webhookConfiguration'>;

async function openShared(options: OpenIdentityOptions, flags: SharedFlags): Promise<WebhookIdentity> {
  const { certificateSecret, serviceName, webhookConfiguration: configuration } = flags;
  const [namespace = '', name = '', ...rest] = certificateSecret.split('/');
  if (!LABEL.test(namespace) || !SUBDOMAIN.test(name) || rest.length > 0)
    throw usage(`--certificate-secret: ${JSON.stringify(certificateSecret)} is not of the form NAMESPACE/NAME`);
  if (!LABEL.test(serviceName))
    throw usage('--service-name: must name the Service of the webhook when --certificate-secret is given');
  if (!SUBDOMAIN.test(configuration))
    throw usage('--webhook-configuration: must be given with --certificate-secret, to tell API servers whom to trust');
  const ports = { clock: systemClock, logger: options.logger, jitter: Math.random };
  const api = await connectClusterApi(options);
  return sharedIdentity({
    ...ports,
    store: openCertificateStore({ ...ports, api, secret: { namespace, name }, configuration }),
    // By the second name it is reached through a forwarded port.
    names: { dnsNames: [`${serviceName}.${namespace}.svc`, 'localhost'], ipAddresses: ['127.0.0.1', '::1'] },
  });
}

function usage(message: string): StartError {
  return new StartError(message, { exitCode: EXIT_USAGE });
}
