/**
 * Duty: a model of many hosts as the default deployment has them: TLS with a certificate of its own for each, two paths with
 * a Service each, and a default backend that makes the pages of errors.
 */
import { createHash } from 'node:crypto';
import { objectKey } from '@gatehouse/core';
import type { Certificate, HostModel, Model } from '@gatehouse/routing';
import { defaultSettings } from '@gatehouse/annotations';
import { aBackend, aHost, aModel, anOrigin, aRoute } from '@gatehouse/testing';

const defaultBackend = aBackend('default-backend', ['10.255.0.1:8080']);

/** `pem`: a certificate and its key. All Secrets hold this one: what nginx is told are names of Secrets. */
export function manyHosts(count: number, pem: string): Model {
  const bytes = Buffer.from(pem);
  const id = createHash('sha256').update(bytes).digest('hex');
  const hosts = Array.from({ length: count }, (_, index) =>
    numberedHost(index, { id, secret: objectKey('default', `tls-${index}`), pem: bytes }),
  );
  return aModel(hosts, { settings: defaultSettings, defaultBackend });
}

/** The same with another path on one of its hosts, to a Service that is there. */
export function withOneChanged(model: Model, path: string): Model {
  const index = Math.floor(model.hosts.length / 2);
  const changed = model.hosts.map((host, at) => (at === index ? withPath(host, path) : host));
  return { ...model, hosts: changed };
}

function numberedHost(index: number, certificate: Certificate): HostModel {
  const routes = ['/', '/api'].map((path, number) => numberedRoute(path, { index, number }));
  return aHost({ name: `app-${index}.team-${index % 50}.example.com`, hasTls: true, certificate, routes });
}

function numberedRoute(path: string, { index, number }: { readonly index: number; readonly number: number }) {
  const service = `app-${index}-${number}`;
  const pod = 2 * index + number;
  const endpoints = [`10.${pod >> 16}.${(pod >> 8) & 255}.${pod & 255}:8080`];
  return aRoute({
    path,
    origin: anOrigin(`app-${index}`, `spec.rules[0].http.paths[${number}]`),
    backend: aBackend(service, endpoints),
    names: { namespace: 'default', ingress: `app-${index}`, service, servicePort: '80' },
  });
}

function withPath(host: HostModel, path: string): HostModel {
  const [first] = host.routes;
  return first === undefined ? host : { ...host, routes: [...host.routes, { ...first, path }] };
}
