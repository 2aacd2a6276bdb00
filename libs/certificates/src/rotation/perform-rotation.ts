/**
 * Duty: making what a plan asks for. Must not know why, nor where it is kept.
 */
import { X509Certificate } from 'node:crypto';
import { issueServing, makeAuthority } from '../authority.ts';
import type { CertificateAndKey } from '../issue-certificate.ts';
import type { ServedNames } from '../serving-extensions.ts';
import type { RotationWrite } from './plan-rotation.ts';
import { renderBundle, type SharedCertificates, type SharedReading } from './shared-certificates.ts';

export interface RotationOrder extends ServedNames {
  /** The CN of certificates, and the beginning of that of authorities. */
  readonly commonName: string;
  readonly authorityLifeMs: number;
  readonly servingLifeMs: number;
  readonly nowMs: number;
}

/** The texts to be kept from now on. `shared` is the reading that the step was planned from. */
export async function performRotation(
  step: RotationWrite,
  shared: SharedReading,
  order: RotationOrder,
): Promise<SharedCertificates> {
  const { commonName, nowMs, authorityLifeMs } = order;
  const made = step.makesAuthority ? await makeAuthority({ commonName, nowMs, lifeMs: authorityLifeMs }) : undefined;
  const signer = step.serving === 'signByNew' ? made : presentAuthority(shared);
  const serving = step.serving === 'keep' ? shared.texts : await sign(signer, shared, order);
  const authorities = [...(made === undefined ? [] : [new X509Certificate(made.certPem)]), ...step.keep];
  return {
    bundlePem: renderBundle(authorities),
    authorityKeyPem: made?.keyPem ?? shared.texts.authorityKeyPem,
    certPem: serving.certPem,
    keyPem: serving.keyPem,
  };
}

function presentAuthority({ signer, texts }: SharedReading): CertificateAndKey | undefined {
  return signer && { certPem: signer.toString(), keyPem: texts.authorityKeyPem };
}

function sign(
  authority: CertificateAndKey | undefined,
  { serving }: SharedReading,
  { commonName, dnsNames, ipAddresses, servingLifeMs, nowMs }: RotationOrder,
): Promise<CertificateAndKey> {
  if (authority === undefined) throw new Error('a plan asks for a certificate that no authority can sign');
  // Two replicas that want different names would make it anew in turn without end.
  const isMissing = serving !== undefined && !dnsNames.every((name) => serving.checkHost(name) !== undefined);
  const others = isMissing ? dnsNamesOf(serving) : [];
  const names = { dnsNames: [...new Set([...dnsNames, ...others])], ipAddresses };
  return issueServing({ ...names, authority, commonName, nowMs, lifeMs: servingLifeMs });
}

/** The form is Node's: `DNS:a.example.com, IP Address:127.0.0.1`. */
function dnsNamesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return [...subjectAltName.matchAll(/(?:^|, )DNS:([a-z0-9.*-]+)(?=,|$)/g)].map(([, name = '']) => name);
}
