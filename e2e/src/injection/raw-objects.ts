/**
 * Duty: raw objects for attacks, beyond those that every test needs.
 */
import { oneRule } from '../harness/manifest-directory.ts';

/** The same objects in another namespace. */
export function inNamespace(namespace: string, objects: readonly object[]): readonly object[] {
  return objects.map((object) => ({
    ...object,
    metadata: { ...(object as { metadata: object }).metadata, namespace },
  }));
}

/** A Service of type ExternalName, and an Ingress for `<name>.example.com` that leads to it. */
export function external(name: string, externalName: string): readonly object[] {
  const spec = { type: 'ExternalName', externalName, ports: [{ port: 80 }] };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec },
    oneRule({ name, host: `${name}.example.com`, service: name }),
  ];
}
