/**
 * Duty: names of hosts and Services.
 */
import { err, ok } from '@gatehouse/core';
import { combinator, type Combinator } from './combinator.ts';

export const labelPattern = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const label = new RegExp(`^${labelPattern}$`);

/** Whether the text is a label as RFC 1123 defines it, in lower case, of at most 63 characters. */
export function isLabel(text: string): boolean {
  return label.test(text);
}

/** Whether the text is a DNS name as RFC 1123 defines it, in lower case: labels of 1 to 63 characters, at most 253 in all. */
export function isHostname(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => label.test(part));
}

/** The name of a header. Letters, digits and hyphens only: nginx does not take in names with underscores. */
export const headerName: Combinator<string> = combinator({
  english: 'the name of a header such as X-Forwarded-For',
  schema: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9-]{0,62}$' },
  read: (text) => (/^[A-Za-z][A-Za-z0-9-]{0,62}$/.test(text) ? ok(text) : err('')),
});

/** The name of a Service in the Ingress' own namespace (RFC 1123 label). */
export const serviceName: Combinator<string> = combinator({
  english: 'the name of a Service in the same namespace',
  schema: { type: 'string', pattern: `^${labelPattern}$`, maxLength: 63 },
  read: (text) => (label.test(text) ? ok(text) : err('')),
});
