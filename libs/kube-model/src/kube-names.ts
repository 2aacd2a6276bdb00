/**
 * Duty: the forms of names that Kubernetes allows for its objects
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/).
 */

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** An RFC 1123 label: at most 63 lower-case letters, digits and inner hyphens. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && LABEL.test(text);
}

/** An RFC 1123 subdomain as Kubernetes checks it: such labels joined by dots, at most 253 characters in all. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => LABEL.test(label));
}
