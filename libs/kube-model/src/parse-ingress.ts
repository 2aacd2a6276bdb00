/**
 * Duty: Ingress in all versions that ever were served: networking.k8s.io/v1, networking.k8s.io/v1beta1 and
 * extensions/v1beta1. One bad rule, path or backend loses itself only; its neighbours keep their places, so that field
 * paths stay true.
 */
import { MALFORMED, type Field } from './field.ts';
import { parseAnnotations, parseMetadata } from './metadata.ts';
import type { Ingress, IngressPath, IngressRule, IngressTls } from './objects.ts';
import { parseBackend, type BackendForm } from './parse-ingress-backend.ts';
import { parseStatusAddresses } from './status-addresses.ts';

/** Reads an Ingress of the given version. Without `spec`, or with lists that are none, it is malformed as a whole. */
export function parseIngress(document: Field, apiVersion: Ingress['apiVersion']): Ingress {
  const form: BackendForm = apiVersion === 'networking.k8s.io/v1' ? 'current' : 'retired';
  const spec = document.get('spec');
  const defaultBackend = spec.get(form === 'current' ? 'defaultBackend' : 'backend');
  const rules = spec.get('rules');
  if (spec.requireObject() && !rules.isPresent && !defaultBackend.isPresent) {
    spec.fault(`spec.rules or ${defaultBackend.path} is required`);
  }
  return {
    ...parseMetadata(document, 'Ingress'),
    kind: 'Ingress',
    apiVersion,
    annotations: parseAnnotations(document),
    className: spec.get('ingressClassName').text(),
    ...(defaultBackend.isPresent ? { defaultBackend: parseBackend(defaultBackend, form) } : {}),
    rules: rules.items().map((rule) => parseRule(rule.asPart, form)),
    tls: spec
      .get('tls')
      .items()
      .map((entry) => parseTls(entry.asPart)),
    statusAddresses: parseStatusAddresses(document),
  };
}

function parseRule(rule: Field, form: BackendForm): IngressRule {
  const http = rule.get('http');
  const isReadable = rule.requireObject() && (!http.isPresent || http.expectObject());
  const host = isReadable ? rule.get('host').text() : MALFORMED;
  return {
    host,
    paths: http
      .get('paths')
      .items()
      .map((path) => parsePath(path, form)),
  };
}

function parsePath(path: Field, form: BackendForm): IngressPath {
  const isReadable = path.requireObject();
  return {
    path: isReadable ? path.get('path').text() : MALFORMED,
    pathType: isReadable ? path.get('pathType').text() : MALFORMED,
    backend: parseBackend(path.get('backend'), form),
  };
}

function parseTls(entry: Field): IngressTls {
  if (!entry.requireObject()) return { hosts: [MALFORMED], secretName: '' };
  const hosts = entry.get('hosts');
  const texts = hosts.items().map((host) => host.requiredText());
  // An entry without hosts is for every host, so hosts that cannot be read must not become none.
  return { hosts: hosts.isListOrAbsent ? texts : [MALFORMED], secretName: entry.get('secretName').text() };
}
