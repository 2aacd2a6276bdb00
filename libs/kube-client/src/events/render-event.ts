/**
 * Duty: the JSON of an Event (events.k8s.io/v1). Pure. Must not know when Events are sent.
 */
import { createHash } from 'node:crypto';
import type { ObjectKind } from '@gatehouse/core';
import type { EventRecord } from '@gatehouse/pipeline';
import { microTime } from '../micro-time.ts';

/** As ingress-nginx is called in Events: `kubectl describe` shows it as their source. */
const REPORTING_CONTROLLER = 'nginx-ingress-controller';

const API_VERSIONS: Readonly<Record<ObjectKind, string>> = {
  ConfigMap: 'v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  Endpoints: 'v1',
  Ingress: 'networking.k8s.io/v1',
  IngressClass: 'networking.k8s.io/v1',
  Namespace: 'v1',
  Pod: 'v1',
  Secret: 'v1',
  Service: 'v1',
};

/** What the API takes. */
const LONGEST_NOTE_BYTES = 1024;
const LONGEST_REASON = 128;
/** Leaves room for the digest in the 253 characters of a name. */
const LONGEST_NAME_PART = 200;

export interface EventShape {
  readonly event: EventRecord;
  /** Of the object; empty when it is not known. */
  readonly uid: string;
  /** The name of our Pod. */
  readonly instance: string;
  /** Wall time of the first occurrence. */
  readonly firstMs: number;
}

/** Where an Event lies: beside its object, or in `default` when that has no namespace. */
export function eventNamespace({ object }: EventRecord): string {
  return object.namespace === '' ? 'default' : object.namespace;
}

/** The same for the same occurrence, so that an Event whose answer got lost is not made twice. */
export function eventName({ event, uid, instance, firstMs }: EventShape): string {
  const digest = createHash('sha256').update(JSON.stringify([identify(event, uid), instance, firstMs]));
  // Cut off, it may end in what no label ends in.
  const part = event.object.name.slice(0, LONGEST_NAME_PART).replace(/[^a-z0-9]+$/, '');
  return `${part}.${digest.digest('hex').slice(0, 16)}`;
}

/** Text that is the same for occurrences that are counted together. */
export function identify({ type, reason, message, object }: EventRecord, uid: string): string {
  return JSON.stringify([type, reason, message, object.kind, object.namespace, object.name, uid]);
}

/** The JSON of the first occurrence. */
export function renderEvent(shape: EventShape): unknown {
  const { event, uid, instance, firstMs } = shape;
  const { type, object } = event;
  const reason = event.reason.slice(0, LONGEST_REASON);
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: eventName(shape), namespace: eventNamespace(event) },
    eventTime: microTime(firstMs),
    reportingController: REPORTING_CONTROLLER,
    reportingInstance: instance.slice(0, LONGEST_REASON),
    action: reason,
    reason,
    regarding: {
      apiVersion: API_VERSIONS[object.kind],
      kind: object.kind,
      ...(object.namespace === '' ? {} : { namespace: object.namespace }),
      name: object.name,
      ...(uid === '' ? {} : { uid }),
    },
    note: renderNote(event.message),
    type,
  };
}

/** The merge patch that says how often it occurred by now, the first time included, and when last. */
export function renderSeriesPatch(count: number, lastMs: number): unknown {
  return { series: { count, lastObservedTime: microTime(lastMs) } };
}

/** At most 1,024 bytes, and nothing that plays tricks on a terminal: it may quote users and nginx. */
function renderNote(message: string): string {
  const plain = message.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').toWellFormed();
  if (Buffer.byteLength(plain) <= LONGEST_NOTE_BYTES) return plain;
  const ellipsis = '…';
  let room = LONGEST_NOTE_BYTES - Buffer.byteLength(ellipsis);
  let kept = '';
  for (const character of plain) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    kept += character;
  }
  return `${kept}${ellipsis}`;
}
