/**
 * Duty: the checking constructors of plain tokens. Each refuses (`TokenRefused`) what it is not meant for, however
 * well it was checked before. Expressions and regular expressions stand in files of their own.
 */
import { quoteText } from './quote.ts';
import { makeToken, TokenRefused, type NginxToken } from './token.ts';

const KEYWORD = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const CIPHER = /^[!@+-]?[A-Za-z0-9][A-Za-z0-9_+=-]*$/;
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 = /^[0-9a-f:]*:[0-9a-f:.]*$/i;
const REDIRECT_STATUSES: readonly number[] = [301, 302, 303, 307, 308];

/** Any text, for directives that take it as it is (they must not expand variables; else use `expression`). */
export function literal(text: string): NginxToken {
  if (text.includes('$')) throw new TokenRefused('the text holds a dollar sign, which nginx might expand');
  return makeToken(quoteText(text));
}

/** A plain word, such as `TLSv1.3` or the name of a system user. */
export function keyword(word: string): NginxToken {
  if (!KEYWORD.test(word)) throw new TokenRefused(`${JSON.stringify(word)} is not a keyword`);
  return makeToken(word);
}

/** OpenSSL's list of ciphers, in order. */
export function opensslCiphers(names: readonly string[]): NginxToken {
  const wrong = names.find((name) => !CIPHER.test(name));
  if (wrong !== undefined) throw new TokenRefused(`${JSON.stringify(wrong)} is not a name of ciphers`);
  return makeToken(quoteText(names.join(':')));
}

/** A whole number from 0. */
export function integer(value: number): NginxToken {
  if (!Number.isSafeInteger(value) || value < 0) throw new TokenRefused(`${value} is not a whole number`);
  return makeToken(String(value));
}

/** Bytes, written with `m` or `k` where that is exact. nginx cannot hold more than 2^63 - 1. */
export function size(bytes: number): NginxToken {
  integer(bytes);
  if (bytes > 0 && bytes % 1_048_576 === 0) return makeToken(`${bytes / 1_048_576}m`);
  if (bytes > 0 && bytes % 1024 === 0) return makeToken(`${bytes / 1024}k`);
  return makeToken(String(bytes));
}

/** Milliseconds, written in seconds where that is exact; at most what fits nginx' 32-bit timers. */
export function duration(timeMs: number): NginxToken {
  integer(timeMs);
  if (timeMs > 2_147_483_000) throw new TokenRefused(`${timeMs} ms is too long for nginx`);
  return makeToken(timeMs % 1000 === 0 ? `${timeMs / 1000}s` : `${timeMs}ms`);
}

/** Status of an answer that is an error. */
export function errorStatus(code: number): NginxToken {
  if (!Number.isInteger(code) || code < 400 || code > 599) throw new TokenRefused(`${code} is not an error status`);
  // 499 is nginx' own mark for a client that has gone; error_page refuses it.
  if (code === 499) throw new TokenRefused('499 is never sent to a client');
  return makeToken(String(code));
}

/** The status of an error that error_page gives instead of another. It is never one of success. */
export function replacedStatus(code: number): NginxToken {
  errorStatus(code);
  return makeToken(`=${code}`);
}

/** Has error_page leave the status to whoever answers. */
export function bareOverwrite(): NginxToken {
  return makeToken('=');
}

/** Status of an answer with a Location: with others nginx would send the location as the body. */
export function redirectStatus(code: number): NginxToken {
  if (!REDIRECT_STATUSES.includes(code)) throw new TokenRefused(`${code} is not a status of redirects`);
  return makeToken(String(code));
}

/** The path of a location. It begins with a slash, so it can never be read as one of the modifiers `= ~ ^~ @`. */
export function path(text: string): NginxToken {
  if (!text.startsWith('/')) throw new TokenRefused('the path does not begin with a slash');
  return makeToken(quoteText(text));
}

/** A DNS name in lower case, for `server_name` and `server`. */
export function hostName(name: string): NginxToken {
  if (!isHostName(name)) throw new TokenRefused(`${JSON.stringify(name)} is not a host name`);
  return makeToken(name);
}

/**
 * A name of `server_name` that matches `suffix` with exactly one label before it (nginx' own `*.` takes several). What
 * nginx lets through in a Host and no name has (`#`, `?`, `@`) would make a redirect to $host lead elsewhere.
 */
export function wildcardHostName(name: string): NginxToken {
  const suffix = name.slice(2);
  if (!name.startsWith('*.') || !isHostName(suffix)) {
    throw new TokenRefused(`${JSON.stringify(name)} is not a wildcard host name`);
  }
  return makeToken(quoteText(`~^[a-z0-9_-]+\\.${suffix.replaceAll('.', '\\.')}$`));
}

/** Address (IPv4, IPv6 without brackets, or, for backends, a DNS name) and port. */
export function addressWithPort(address: string, port: number): NginxToken {
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new TokenRefused(`${port} is not a port`);
  return makeToken(`${printAddress(address)}:${port}`);
}

/** Address of a DNS server: with or without port. */
export function resolverAddress(address: string): NginxToken {
  return makeToken(printAddress(address));
}

/** A network in CIDR notation, or one address. */
export function network(cidr: string): NginxToken {
  const [address = '', bits, ...rest] = cidr.split('/');
  const widest = isIpv4(address) ? 32 : isIpv6(address) ? 128 : -1;
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= widest);
  if (widest < 0 || !fits || rest.length > 0) throw new TokenRefused(`${JSON.stringify(cidr)} is not a network`);
  return makeToken(cidr);
}

/** An absolute path of a file of ours. */
export function fileName(file: string): NginxToken {
  if (!file.startsWith('/')) throw new TokenRefused(`${JSON.stringify(file)} is not an absolute file name`);
  return literal(file);
}

/** A unix socket to listen on. */
export function unixSocket(file: string): NginxToken {
  fileName(file);
  return literal(`unix:${file}`);
}

/** Whether the text is an address rather than a name. */
export function isAddress(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

function printAddress(address: string): string {
  if (isIpv6(address)) return `[${address}]`;
  if (isIpv4(address) || isHostName(address)) return address;
  throw new TokenRefused(`${JSON.stringify(address)} is neither an address nor a host name`);
}

function isIpv4(text: string): boolean {
  return IPV4.test(text);
}

function isIpv6(text: string): boolean {
  return text.length <= 45 && IPV6.test(text);
}

function isHostName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => label.length <= 63 && DNS_LABEL.test(label));
}
