/**
 * Duty: the backend of an Ingress, in the form of networking.k8s.io/v1 and in that of the retired versions.
 */
import { quoteFound } from '@gatehouse/core';
import type { Field } from './field.ts';
import { isDnsLabel } from './kube-names.ts';
import type { IngressBackend, ServicePortRef } from './objects.ts';

/** Which fields name the Service: `service.name` with `service.port`, or `serviceName` with `servicePort`. */
export type BackendForm = 'current' | 'retired';

/**
 * A backend. What names no Service and no resource is `invalid`, with the reason; only a field
 * that holds no text or no port number where one belongs is a fault besides.
 */
export function parseBackend(field: Field, form: BackendForm): IngressBackend {
  const backend = field.asPart;
  if (!backend.isPresent) return invalid('a backend is required');
  if (!backend.expectObject()) return invalid('the backend must be an object');
  const resource = backend.get('resource');
  const names = form === 'current' ? readCurrent(backend) : readRetired(backend);
  if (resource.isPresent && names.isPresent) return invalid('a Service and a resource are named, only one is allowed');
  if (resource.isPresent) return describeResource(resource);
  if (!names.isPresent) return invalid(`${names.nameField} is required`);
  if (names.name === '') return invalid(`${names.nameField} is required`);
  if (!isDnsLabel(names.name)) return invalid(`${names.nameField} is no name of a Service: ${quoteFound(names.name)}`);
  if (typeof names.port === 'string') return invalid(names.port);
  return { kind: 'service', name: names.name, port: names.port };
}

interface ServiceNames {
  readonly isPresent: boolean;
  /** The field that holds the name, for sentences. */
  readonly nameField: string;
  readonly name: string;
  /** The port, or why there is none. */
  readonly port: ServicePortRef | string;
}

function readCurrent(backend: Field): ServiceNames {
  const service = backend.get('service');
  service.expectObject();
  const port = service.get('port');
  port.expectObject();
  const names = { isPresent: service.isPresent, nameField: 'service.name', name: service.get('name').text() };
  return { ...names, port: readPort(port.get('name').text(), port.get('number')) };
}

function readPort(name: string, numberField: Field): ServicePortRef | string {
  const hasNumber = numberField.isPresent && !numberField.isZero;
  const number = hasNumber ? numberField.port() : undefined;
  if (name !== '' && hasNumber) return 'service.port has a name and a number, only one is allowed';
  if (name !== '') return { kind: 'name', name };
  if (number !== undefined) return { kind: 'number', number };
  return hasNumber ? 'service.port.number is no port number' : 'service.port.number or service.port.name is required';
}

function readRetired(backend: Field): ServiceNames {
  const name = backend.get('serviceName');
  const portField = backend.get('servicePort');
  const port = portField.portOrName();
  const isPresent = name.isPresent || portField.isPresent;
  const names = { isPresent, nameField: 'serviceName', name: name.text() };
  if (port === undefined || port === '') return { ...names, port: 'servicePort is required' };
  return { ...names, port: typeof port === 'number' ? { kind: 'number', number: port } : { kind: 'name', name: port } };
}

function describeResource(resource: Field): IngressBackend {
  if (!resource.expectObject()) return invalid('the resource must be an object');
  const apiGroup = resource.get('apiGroup').text();
  const group = apiGroup === '' ? '' : `.${apiGroup}`;
  return { kind: 'resource', description: `${resource.get('kind').text()}${group} ${resource.get('name').text()}` };
}

function invalid(reason: string): IngressBackend {
  return { kind: 'invalid', reason };
}
