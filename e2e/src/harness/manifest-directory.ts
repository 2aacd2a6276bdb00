/**
 * Duty: a temporary directory of manifests for one test.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ManifestDirectory {
  readonly path: string;
  /** Writes a file; objects are written as JSON documents, which are YAML too. */
  save(name: string, content: string | readonly object[]): void;
  remove(name: string): void;
  cleanUp(): void;
}

export function makeManifestDirectory(): ManifestDirectory {
  const path = mkdtempSync(join(tmpdir(), 'manifests-'));
  return {
    path,
    save(name, content) {
      const text =
        typeof content === 'string' ? content : content.map((object) => JSON.stringify(object)).join('\n---\n');
      // Whoever reads sees the one or the other; in between, what a file was emptied for would have gone.
      writeFileSync(`${path}.part`, text);
      renameSync(`${path}.part`, join(path, name));
    },
    remove: (name) => rmSync(join(path, name)),
    cleanUp: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A Service with port 80, and its one endpoint on loopback. */
export function serviceOnLoopback(name: string, port: number): readonly object[] {
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ name: 'http', port: 80 }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
      ports: [{ name: 'http', port, protocol: 'TCP' }],
    },
  ];
}

export interface IngressWords {
  readonly name?: string;
  readonly host?: string;
  readonly path?: string;
  readonly pathType?: string;
  readonly service?: string;
  /** Without the prefix. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly tlsSecret?: string;
}

/** An Ingress of class nginx with one rule; unless named otherwise: `x`, x.example.com, `/`, Service `web`. */
export function oneRule(words: IngressWords = {}): object {
  const { name = 'x', host = 'x.example.com', path = '/', pathType = 'Prefix', service = 'web' } = words;
  const annotations = Object.entries(words.annotations ?? {}).map(([key, value]) => [
    `nginx.ingress.kubernetes.io/${key}`,
    value,
  ]);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, annotations: Object.fromEntries(annotations) as object },
    spec: {
      ingressClassName: 'nginx',
      ...(words.tlsSecret === undefined ? {} : { tls: [{ hosts: [host], secretName: words.tlsSecret }] }),
      rules: [
        { host, http: { paths: [{ path, pathType, backend: { service: { name: service, port: { number: 80 } } } }] } },
      ],
    },
  };
}
