/**
 * Duty: a model of many hosts as the default deployment has them: TLS with a certificate of its own for each, two paths to
 * one Service or to one each, and a default backend that makes the pages of errors.
 */
import { createHash } from 'node:crypto';
import { objectKey } from '@gatehouse/core';
import type { Backend, Certificate, HostModel, Model } from '@gatehouse/routing';
import { defaultSettings } from '@gatehouse/annotations';
import { aBackend, aHost, aModel, anOrigin, aRoute } from '@gatehouse/testing';

const defaultBackend = aBackend('default-backend', ['10.255.0.1:8080']);

export interface Shape {
  readonly hosts: number;
  readonly servicesOfHost: 1 | 2;
}

/** `pem`: a certificate and its key. All Secrets hold this one: what nginx is told are names of Secrets. */
export function manyHosts({ hosts: count, servicesOfHost }: Shape, pem: string): Model {
  const bytes = Buffer.from(pem);
  const id = createHash('sha256').update(bytes).digest('hex');
  const hosts = Array.from({ length: count }, (_, index) =>
    numberedHost({ index, servicesOfHost }, { id, secret: objectKey('default', `tls-${index}`), pem: bytes }),
  );
  return aModel(hosts, { settings: defaultSettings, defaultBackend });
}

/** The same with another path on one of its hosts, to a Service that is there. */
export function withOneChanged(model: Model, path: string): Model {
  const index = Math.floor(model.hosts.length / 2);
  const changed = model.hosts.map((host, at) => (at === index ? withPath(host, path) : host));
  return { ...model, hosts: changed };
}

interface Numbered extends Pick<Shape, 'servicesOfHost'> {
  readonly index: number;
}

function numberedHost({ index, servicesOfHost }: Numbered, certificate: Certificate): HostModel {
  const shared = numberedBackend(index, 0);
  const routes = ['/', '/api'].map((path, number) => {
    const isOfItsOwn = number > 0 && servicesOfHost === 2;
    return aRoute({
      path,
      origin: anOrigin(`app-${index}`, `spec.rules[0].http.paths[${number}]`),
      backend: isOfItsOwn ? numberedBackend(index, number) : shared,
      names: {
        namespace: 'default',
        ingress: `app-${index}`,
        service: nameOf(index, isOfItsOwn ? number : 0),
        servicePort: '80',
      },
    });
  });
  return aHost({ name: `app-${index}.team-${index % 50}.example.com`, hasTls: true, certificate, routes });
}

function numberedBackend(index: number, number: number): Backend {
  const pod = 2 * index + number;
  return aBackend(nameOf(index, number), [`10.${pod >> 16}.${(pod >> 8) & 255}.${pod & 255}:8080`]);
}

function nameOf(index: number, number: number): string {
  return `app-${index}-${number}`;
}

function withPath(host: HostModel, path: string): HostModel {
  const [first] = host.routes;
  return first === undefined ? host : { ...host, routes: [...host.routes, { ...first, path }] };
}
