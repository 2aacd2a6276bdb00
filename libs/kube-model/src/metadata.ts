/**
 * Duty: what is read of every object's metadata.
 */
import { objectKey, quoteFound, type ObjectKind, type ObjectRef } from '@gatehouse/core';
import type { Field } from './field.ts';
import { isDnsLabel, isDnsSubdomain } from './kube-names.ts';
import type { KubeObject } from './objects.ts';

/** Kinds that live outside namespaces. */
const CLUSTER_SCOPED: ReadonlySet<ObjectKind> = new Set(['IngressClass', 'Namespace']);
/** Kinds whose names are single labels. */
const NAMED_BY_LABEL: ReadonlySet<ObjectKind> = new Set(['Namespace', 'Service']);

/**
 * Metadata of `document`. Without a namespace the object is in `default`, as kubectl has it. A name or namespace that
 * is not allowed is a fault and becomes empty, so that it can be shown and used as a key without harm.
 */
export function parseMetadata(document: Field, kind: ObjectKind): KubeObject {
  const metadata = document.get('metadata');
  metadata.expectObject();
  const ref: ObjectRef = {
    kind,
    namespace: CLUSTER_SCOPED.has(kind) ? '' : readNamespace(metadata.get('namespace')),
    name: readName(metadata.get('name'), kind),
  };
  return {
    ref,
    key: objectKey(ref.namespace, ref.name),
    uid: metadata.get('uid').text(),
    resourceVersion: metadata.get('resourceVersion').text(),
    createdAtMs: metadata.get('creationTimestamp').timeMs() ?? 0,
  };
}

/** A map of strings, such as annotations. Keys are free text, so they only ever land in a Map. */
export function parseTextMap(field: Field): ReadonlyMap<string, string> {
  return new Map(field.entries().map(([key, value]) => [key, value.looseText()]));
}

/** kubectl's copy of the whole object, which would double what an object takes in memory, and which nobody reads. */
const COPY_OF_KUBECTL = 'kubectl.kubernetes.io/last-applied-configuration';

/** Annotations. Unquoted numbers and booleans lose nothing; an annotation that protects must not vanish. */
export function parseAnnotations(document: Field): ReadonlyMap<string, string> {
  const annotations = document.get('metadata').get('annotations');
  if (!annotations.expectObject()) return new Map();
  const texts = new Map(parseTextMap(annotations.asPart));
  texts.delete(COPY_OF_KUBECTL);
  return texts;
}

function readName(field: Field, kind: ObjectKind): string {
  const [isName, form] = NAMED_BY_LABEL.has(kind) ? [isDnsLabel, LABEL_FORM] : [isDnsSubdomain, SUBDOMAIN_FORM];
  const name = field.text();
  if (name !== '' && isName(name)) return name;
  if (!field.isPresent || name === '') field.fault('a name is required');
  else field.fault(`must be ${form}, found ${quoteFound(name)}`);
  return '';
}

function readNamespace(field: Field): string {
  const namespace = field.text();
  if (namespace === '') return 'default';
  if (isDnsLabel(namespace)) return namespace;
  field.fault(`must be ${LABEL_FORM}, found ${quoteFound(namespace)}`);
  return '';
}

const LABEL_FORM = 'at most 63 lower-case letters, digits and inner hyphens';
const SUBDOMAIN_FORM = 'lower-case labels of letters, digits and hyphens joined by dots, at most 253 characters';
