/**
 * Duty: Secret v1. No value is ever shown in a message.
 */
import type { Field } from './field.ts';
import { parseMetadata } from './metadata.ts';
import type { Secret } from './objects.ts';

/** Standard alphabet, padded (RFC 4648 section 4); line breaks are taken out before, as Kubernetes does. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Reads a Secret. `stringData` wins over `data`; an entry that cannot be read is left out. */
export function parseSecret(document: Field): Secret {
  return {
    ...parseMetadata(document, 'Secret'),
    kind: 'Secret',
    secretType: document.get('type').text(),
    data: new Map([
      ...document
        .get('data')
        .entries()
        .flatMap(([key, value]) => readEntry(key, value.asPart, decodeBase64)),
      ...document
        .get('stringData')
        .entries()
        .flatMap(([key, value]) => readEntry(key, value.asPart, encodeUtf8)),
    ]),
  };
}

function readEntry(
  key: string,
  field: Field,
  bytesOf: (text: string, field: Field) => Uint8Array | undefined,
): readonly (readonly [string, Uint8Array])[] {
  if (field.isPresent && !field.isText) {
    field.text();
    return [];
  }
  const bytes = bytesOf(field.text(), field);
  return bytes === undefined ? [] : [[key, bytes]];
}

function decodeBase64(text: string, field: Field): Uint8Array | undefined {
  const compact = text.replace(/[\r\n]/g, '');
  if (BASE64.test(compact)) return Buffer.from(compact, 'base64');
  field.fault('must be base64 with padding; plain text belongs into stringData');
  return undefined;
}

function encodeUtf8(text: string): Uint8Array {
  return Buffer.from(text);
}
