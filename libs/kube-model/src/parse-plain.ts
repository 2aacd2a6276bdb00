/**
 * Duty: the kinds of which little more than metadata is read: ConfigMap v1 and Namespace v1.
 */
import type { Field } from './field.ts';
import { parseMetadata, parseTextMap } from './metadata.ts';
import type { ConfigMap, Namespace } from './objects.ts';

/** Reads a ConfigMap; `binaryData` is not read. */
export function parseConfigMap(document: Field): ConfigMap {
  const data = document.get('data');
  return {
    ...parseMetadata(document, 'ConfigMap'),
    kind: 'ConfigMap',
    data: data.expectObject() ? parseTextMap(data.asPart) : new Map<string, string>(),
  };
}

/** Reads a Namespace. */
export function parseNamespace(document: Field): Namespace {
  const labels = document.get('metadata').get('labels');
  return {
    ...parseMetadata(document, 'Namespace'),
    kind: 'Namespace',
    labels: labels.expectObject() ? parseTextMap(labels.asPart) : new Map<string, string>(),
  };
}
