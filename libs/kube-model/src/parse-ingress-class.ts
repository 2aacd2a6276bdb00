/**
 * Duty: IngressClass, whose v1 and v1beta1 forms are alike in what is read.
 */
import type { Field } from './field.ts';
import { parseAnnotations, parseMetadata } from './metadata.ts';
import type { IngressClass } from './objects.ts';

const IS_DEFAULT = 'ingressclass.kubernetes.io/is-default-class';

/** Reads an IngressClass. */
export function parseIngressClass(document: Field): IngressClass {
  const spec = document.get('spec');
  spec.expectObject();
  return {
    ...parseMetadata(document, 'IngressClass'),
    kind: 'IngressClass',
    controller: spec.get('controller').text(),
    isDefault: parseAnnotations(document).get(IS_DEFAULT) === 'true',
  };
}
