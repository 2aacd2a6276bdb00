/**
 * Duty: whether a connection's client is one that may ask, by the certificate that it showed. Must not know what it asks.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Why the client may not ask; undefined when it may: an authority vouches for its certificate, and one of `names` is its
 * common name or a DNS name of it, letter by letter (no wildcard means anything). No names mean every name. One sentence
 * without a full stop.
 */
export function whyStranger(socket: Socket, names: readonly string[]): string | undefined {
  if (!(socket instanceof TLSSocket)) return 'a client certificate is needed';
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return 'a client certificate is needed';
  if (!socket.authorized) return 'no authority that is trusted here vouches for the client certificate';
  if (names.length === 0) return undefined;
  const { subject } = socket.getPeerCertificate();
  // One subject may have several common names, whatever the types say.
  const commonNames = [subject.CN].flat();
  const isKnown = names.some(
    (name) => commonNames.includes(name) || certificate.checkHost(name, EXACTLY) !== undefined,
  );
  return isKnown ? undefined : 'the client certificate has none of the names that may ask';
}

/** OpenSSL reads the names itself, so that no text of one can look like two. */
const EXACTLY = { subject: 'never', wildcards: false, partialWildcards: false } as const;
