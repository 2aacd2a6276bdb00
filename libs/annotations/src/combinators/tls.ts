/**
 * Duty: TLS versions and ciphers.
 */
import { err, ok, quoteFound } from '@gatehouse/core';
import { combinator, type Combinator } from './combinator.ts';

export type TlsProtocol = 'TLSv1.2' | 'TLSv1.3';

/** TLS versions separated by blanks, oldest first. Older versions than 1.2 are refused (RFC 8996). */
export const tlsProtocols: Combinator<readonly TlsProtocol[]> = combinator({
  english: 'TLSv1.2, TLSv1.3, or both with a blank between',
  schema: { type: 'string', pattern: '^TLSv1\\.[23](\\s+TLSv1\\.[23])*$' },
  read(text) {
    const words = text.split(' ').filter((word) => word !== '');
    const stranger = words.find((word) => word !== 'TLSv1.2' && word !== 'TLSv1.3');
    if (stranger !== undefined)
      return err(`${quoteFound(stranger, 20)} is not offered, because it is broken or unknown`);
    return ok((['TLSv1.2', 'TLSv1.3'] as const).filter((protocol) => words.includes(protocol)));
  },
});

/** Above level 2 OpenSSL refuses the usual keys (RSA with 2048 bits), and with one of them the whole configuration. */
const cipherWord = /^([!+-]?[A-Za-z0-9][A-Za-z0-9_+-]{0,63}|@STRENGTH|@SECLEVEL=[0-2])$/;

/**
 * What every browser of today can use. OpenSSL refuses a list in which it finds no cipher at all, and nginx then refuses
 * the whole configuration, so a list has to keep at least one of these.
 */
const surelyKnown = ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].flatMap((cipher) => [
  `ECDHE-ECDSA-${cipher}`,
  `ECDHE-RSA-${cipher}`,
]);
/** Classes, or classes joined by `+`, with one of `surelyKnown` in them. DEFAULT is a class only in first place. */
const wideClass = /^(?:ALL|HIGH|TLSv1\.2|(?:k?EECDH|k?ECDHE)(?:\+(?:AESGCM|CHACHA20|HIGH))?|AESGCM|CHACHA20)$/;
const wideStart = /^DEFAULT(?::|$)/;
/** Classes with none of them, which may be taken away. */
const otherClass =
  /^(?:[ae]?NULL|EXP(?:ORT)?|LOW|MEDIUM|3?DES|RC[24]|MD5|PSK|SRP|a?DSS|IDEA|SEED|CAMELLIA|ARIA|KRB5|ADH|AECDH|SHA1?|SSLv[23]|TLSv1|DHE?|EDH|k(?:DHE|EDH|RSA)|RSA|AESCCM8?)$/;
/** The full name of a cipher. */
const cipherName = /-.*-/;

/** OpenSSL's cipher list, separated by colons: names, classes, `!`, `+` and `-` before them, @STRENGTH and @SECLEVEL. */
export const cipherList: Combinator<readonly string[]> = combinator({
  english: 'a list of OpenSSL cipher names with colons between',
  schema: { type: 'string', pattern: '^[A-Za-z0-9!+@=_-]+(:[A-Za-z0-9!+@=_-]+)*$' },
  read(text) {
    const words = text.split(':');
    const stranger = words.find((word) => !cipherWord.test(word));
    if (stranger !== undefined) return err(`${quoteFound(stranger, 40)} is no name of a cipher`);
    const removed = words.filter((word) => /^[!-]/.test(word)).map((word) => word.slice(1));
    const unclear = removed.find((word) => !otherClass.test(word) && !cipherName.test(word));
    if (unclear !== undefined) return err(`nobody knows what is left without ${quoteFound(unclear, 40)}`);
    const kept = surelyKnown.filter((cipher) => !removed.includes(cipher));
    const isWide =
      kept.length === surelyKnown.length && (wideStart.test(text) || words.some((word) => wideClass.test(word)));
    const isUsable = isWide || words.some((word) => kept.includes(word));
    return isUsable ? ok(words) : err(`it has none of ${surelyKnown.join(', ')}, which browsers use`);
  },
});
