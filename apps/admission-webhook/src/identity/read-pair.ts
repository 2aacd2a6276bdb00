/**
 * Duty: a certificate and its key from two files, and whether they can be served. What is wrong is told without showing
 * a byte of either.
 */
import { readFile } from 'node:fs/promises';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { err, ok, type Result } from '@gatehouse/core';
import type { TlsIdentity } from '@gatehouse/http';

export interface PairFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A certificate with all that vouches for it takes some kilobytes. */
const MOST_BYTES = 256 * 1024;

/** The texts of both files, which need not mean anything. The error is one sentence without a full stop. */
export async function readTexts({ certificateFile, keyFile }: PairFiles): Promise<Result<TlsIdentity>> {
  const certPem = await readText(certificateFile);
  if (!certPem.ok) return certPem;
  const keyPem = await readText(keyFile);
  return keyPem.ok ? ok({ certPem: certPem.value, keyPem: keyPem.value }) : keyPem;
}

async function readText(file: string): Promise<Result<string>> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > MOST_BYTES) return err(`${file} has ${bytes.length} bytes, at most ${MOST_BYTES} are read`);
    return ok(bytes.toString('utf8'));
  } catch (error) {
    return err(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

/** What is wrong with a pair; undefined when it can be served. */
export function whyUnusable({ certPem, keyPem }: TlsIdentity, files: PairFiles): string | undefined {
  const certificate = attempt(() => new X509Certificate(certPem));
  if (certificate === undefined) return `${files.certificateFile} holds no certificate (PEM)`;
  const key = attempt(() => createPrivateKey(keyPem));
  if (key === undefined) return `${files.keyFile} holds no private key without a password (PEM)`;
  if (!certificate.checkPrivateKey(key))
    return `the key of ${files.keyFile} belongs to another certificate than that of ${files.certificateFile}`;
  // The rules for what follows the first certificate, and for keys that are too short, are those of OpenSSL.
  if (attempt(() => createSecureContext({ cert: certPem, key: keyPem })) === undefined)
    return `OpenSSL cannot serve ${files.certificateFile} with ${files.keyFile}`;
  return undefined;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
