/**
 * Duty: the certificates that nobody has any more, while a configuration runs that still shows them: their keys go at once.
 */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle } from '@gatehouse/nginx';
import type { KeyLink, KeyStore } from './key-store.ts';
import { findUnusable } from './renew-certificates.ts';
import type { RuntimeLayout } from './runtime-layout.ts';

/**
 * Lets links that a bundle does not have lead to one of its certificates for the same names, since their hosts may only
 * have another Secret now; where there is none that nginx can use, to the self-signed one. The bundle's own are written.
 */
export async function withdrawCertificates(
  layout: RuntimeLayout,
  store: KeyStore,
  { bundle, gone }: { readonly bundle: Bundle; readonly gone: readonly string[] },
): Promise<void> {
  const [standInLink] = [...bundle.certificateLinks].find(([, certificate]) => certificate === undefined) ?? [];
  const standIn = standInLink === undefined ? undefined : await store.leadsTo(standInLink);
  if (standIn === undefined || gone.length === 0) return;
  const successors: KeyLink[] = [];
  const others = [...bundle.certificates].flatMap(([file, { pem }]) => {
    const certificate = parse(pem);
    return certificate === undefined ? [] : [{ file, certificate }];
  });
  for (const link of gone) {
    const names = namesOf(await certificateOf(layout, await store.leadsTo(link)));
    const successor = others.find(({ certificate }) => names.length > 0 && covers(certificate, names));
    if (successor !== undefined) successors.push({ link, file: successor.file });
    else await store.point({ link, file: standIn });
  }
  const unusable = new Set(await findUnusable(layout, successors));
  for (const to of successors) await store.point(unusable.has(to) ? { ...to, file: standIn } : to);
}

async function certificateOf({ keys }: RuntimeLayout, file: string | undefined): Promise<X509Certificate | undefined> {
  const pem = file === undefined ? undefined : await readFile(join(keys, file)).catch(() => undefined);
  return pem && parse(pem);
}

/** What nginx refuses may be no certificate to us either. */
function parse(pem: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function namesOf(certificate: X509Certificate | undefined): readonly string[] {
  const all = certificate?.subjectAltName?.split(', ') ?? [];
  return all.filter((name) => name.startsWith('DNS:')).map((name) => name.slice('DNS:'.length));
}

function covers(certificate: X509Certificate, names: readonly string[]): boolean {
  const own = new Set(namesOf(certificate));
  return names.every((name) => own.has(name) || certificate.checkHost(name, { subject: 'never' }) !== undefined);
}
