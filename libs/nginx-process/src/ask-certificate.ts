/**
 * Duty: asking the running nginx by a handshake which certificate it shows, on the socket where the client names a file or
 * link of the directory of keys (the server that proves).
 */
import { connect } from 'node:tls';

/** `unusable`: nginx cannot load it. `unclear`: the two sides have no cipher or version in common, so nothing is shown. */
export type Shown =
  { readonly kind: 'shown'; readonly leaf: Uint8Array } | { readonly kind: 'unclear' } | { readonly kind: 'unusable' };

const LONGEST_HANDSHAKE_MS = 5_000;

/** nginx' answer to a certificate that it cannot load (RFC 8446, section 6: internal_error). */
const INTERNAL_ERROR = 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR';

/** Throws when nobody answers. */
export async function askCertificate(socketPath: string, name: string): Promise<Shown> {
  return new Promise((resolve, reject) => {
    // Whom it is made out to, and by whom, is not the question.
    const socket = connect({
      path: socketPath,
      servername: name,
      rejectUnauthorized: false,
      timeout: LONGEST_HANDSHAKE_MS,
    });
    const end = (shown: Shown) => {
      socket.destroy();
      resolve(shown);
    };
    socket.once('secureConnect', () => {
      const leaf = socket.getPeerX509Certificate()?.raw;
      end(leaf === undefined ? { kind: 'unclear' } : { kind: 'shown', leaf });
    });
    socket.once('timeout', () => socket.destroy(new Error('nginx did not finish a handshake in time')));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === INTERNAL_ERROR) end({ kind: 'unusable' });
      else if (error.code?.startsWith('ERR_SSL_') === true) end({ kind: 'unclear' });
      else reject(error);
    });
  });
}
