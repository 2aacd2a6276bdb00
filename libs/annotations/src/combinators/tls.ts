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

const cipherWord = /^([!+-]?[A-Za-z0-9][A-Za-z0-9_+-]{0,63}|@STRENGTH|@SECLEVEL=[0-5])$/;

/** OpenSSL's cipher list, separated by colons: names, classes, `!`, `+` and `-` before them, @STRENGTH and @SECLEVEL. */
export const cipherList: Combinator<readonly string[]> = combinator({
  english: 'a list of OpenSSL cipher names with colons between',
  schema: { type: 'string', pattern: '^[A-Za-z0-9!+@=_-]+(:[A-Za-z0-9!+@=_-]+)*$' },
  read(text) {
    const words = text.split(':');
    const stranger = words.find((word) => !cipherWord.test(word));
    return stranger === undefined ? ok(words) : err(`${quoteFound(stranger, 40)} is no name of a cipher`);
  },
});
