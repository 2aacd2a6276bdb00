/**
 * Duty: what the operator's flags name: the default backend of all hosts, the default certificate, keys of session tickets.
 */
import type { Settings } from '@gatehouse/annotations';
import { err, quoteFound, type ObjectKey, type Problem, type Result } from '@gatehouse/core';
import type { Secret, Service } from '@gatehouse/kube-model';
import type { Certificate, Fallback, SessionTicketKey } from '../model.ts';
import { validityFault } from './read-certificate.ts';
import { readTicketKeys } from './read-ticket-keys.ts';
import type { World } from './world.ts';

export interface Globals {
  readonly fallback?: Fallback;
  readonly defaultCertificate?: Certificate;
  readonly sessionTicketKeys?: readonly SessionTicketKey[];
  readonly problems: readonly Problem[];
}

export function linkGlobals(world: World, settings: Settings): Globals {
  const problems: Problem[] = [];
  const fallback = linkDefaultBackend(world, settings, problems);
  const defaultCertificate = linkDefaultCertificate(world, problems);
  const sessionTicketKeys = linkTicketKeys(world, settings, problems);
  return {
    ...(fallback && { fallback }),
    ...(defaultCertificate && { defaultCertificate }),
    ...(sessionTicketKeys && { sessionTicketKeys }),
    problems,
  };
}

function linkDefaultBackend(world: World, settings: Settings, problems: Problem[]): Fallback | undefined {
  const { defaultBackendService: key } = world.options;
  if (key === undefined) return undefined;
  const service = world.snapshot.services.get(key);
  if (service === undefined) {
    problems.push(missingObject('Service', key));
    return undefined;
  }
  const link = world.servicePort(service, { kind: 'first' });
  if (link.kind !== 'linked') {
    const code = link.kind === 'port-missing' ? 'ServicePortMissing' : link.code;
    problems.push({ code, object: service.ref, field: '', message: `the default backend ${link.reason}` });
    return undefined;
  }
  problems.push(...link.problems);
  if (link.backend.endpoints.length === 0) {
    // What nobody has a rule for is not found, even when nobody is there to say so.
    problems.push(idleDefaultBackend(service));
    return undefined;
  }
  const { namespace, name } = service.ref;
  const names = Object.freeze({ namespace, ingress: '', service: name, servicePort: '' });
  return Object.freeze({ backend: link.backend, policy: settings.routes, names });
}

function linkDefaultCertificate(world: World, problems: Problem[]): Certificate | undefined {
  const { defaultCertificateSecret: key } = world.options;
  if (key === undefined) return undefined;
  const secret = world.snapshot.secrets.get(key);
  if (secret === undefined) {
    problems.push(missingObject('Secret', key));
    return undefined;
  }
  const read = world.certificate(secret);
  if (!read.ok) {
    problems.push(secretProblem(secret, 'CertificateInvalid', read.error));
    return undefined;
  }
  const fault = validityFault(read.value, (atMs) => world.nowMs >= atMs);
  if (fault !== undefined) problems.push(secretProblem(secret, fault.code, `has a certificate that ${fault.reason}`));
  return read.value.certificate;
}

const NO_TICKETS = 'is not used: the settings ConfigMap does not say ssl-session-tickets: "true"';

function keysIn(secret: Secret | undefined): Result<readonly SessionTicketKey[]> {
  return secret === undefined ? err('does not exist') : readTicketKeys(secret);
}

/** Undefined: each nginx makes its own. */
function linkTicketKeys(
  { options, snapshot }: World,
  { tlsSessionTickets }: Settings,
  problems: Problem[],
): readonly SessionTicketKey[] | undefined {
  const { sessionTicketSecret: key, unreadKinds } = options;
  if (key === undefined || unreadKinds.includes('Secret')) return undefined;
  const read = tlsSessionTickets ? keysIn(snapshot.secrets.get(key)) : err(NO_TICKETS);
  if (read.ok) return read.value;
  const [namespace = '', name = ''] = key.split('/');
  const message = `the Secret ${quoteFound(key)} of --session-ticket-secret ${read.error}`;
  problems.push({ code: 'SessionTicketKeysUnusable', object: { kind: 'Secret', namespace, name }, field: '', message });
  return undefined;
}

function missingObject(kind: 'Secret' | 'Service', key: ObjectKey): Problem {
  const [namespace = '', name = ''] = key.split('/');
  const code = kind === 'Secret' ? 'SecretMissing' : 'ServiceMissing';
  const flag = kind === 'Secret' ? '--default-ssl-certificate' : '--default-backend-service';
  const message = `the flag ${flag} names ${quoteFound(key)}, and no such ${kind} exists`;
  return { code, object: { kind, namespace, name }, field: '', message };
}

function idleDefaultBackend({ ref }: Service): Problem {
  const message = 'the default backend of all hosts has no ready endpoint';
  return { code: 'ServiceHasNoEndpoints', object: ref, field: '', message };
}

function secretProblem({ ref, key }: Secret, code: Problem['code'], reason: string): Problem {
  return { code, object: ref, field: '', message: `the default certificate's Secret ${quoteFound(key)} ${reason}` };
}
