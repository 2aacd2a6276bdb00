/**
 * Duty: reading an AdmissionReview (admission.k8s.io/v1) strictly: what does not have its shape is none.
 * Must not know what is asked for, nor how the JSON came here.
 */
import { err, ok, type Result } from '@gatehouse/core';

type Operation = 'CONNECT' | 'CREATE' | 'DELETE' | 'UPDATE';

/** What the API server asks. */
export interface AdmissionRequest {
  /** Repeated in the answer, which belongs to no request otherwise. */
  readonly uid: string;
  /** Of the object, as it was sent to us. */
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  /** Such as `status`; empty for the object itself. */
  readonly subResource: string;
  readonly operation: Operation;
  readonly isDryRun: boolean;
  /** Of the object; empty when it has none. Only asked when the object itself does not say. */
  readonly namespace: string;
  /** For logs alone; empty when there is none yet. */
  readonly name: string;
  /** Who asks the API server; an empty name when that was not said. */
  readonly user: { readonly name: string; readonly groupCount: number };
  /** The object as it would be stored; undefined for DELETE. */
  readonly object?: JsonObject;
  /** The object as it is stored now; undefined for CREATE. */
  readonly oldObject?: JsonObject;
}

export type JsonObject = Readonly<Record<string, unknown>>;

const OPERATIONS: readonly Operation[] = ['CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

/** Total. The error is one sentence without a full stop and shows nothing of the objects. */
export function parseReview(json: unknown): Result<AdmissionRequest> {
  if (!isObject(json)) return err('the body is not an AdmissionReview: it is no object');
  if (own(json, 'kind') !== 'AdmissionReview') return err('the body is not an AdmissionReview: kind differs');
  if (own(json, 'apiVersion') !== 'admission.k8s.io/v1') return err('apiVersion must be admission.k8s.io/v1');
  const request = own(json, 'request');
  if (!isObject(request)) return err('request must be an object');
  const uid = own(request, 'uid');
  if (typeof uid !== 'string' || uid === '' || uid.length > 128)
    return err('request.uid must be text of 1 to 128 characters');
  const operation = OPERATIONS.find((one) => one === own(request, 'operation'));
  if (operation === undefined) return err(`request.operation must be one of ${OPERATIONS.join(', ')}`);
  const kind = parseKind(own(request, 'kind'));
  if (kind === undefined) return err('request.kind must have group, version and kind as text');
  const subResource = own(request, 'subResource') ?? '';
  if (typeof subResource !== 'string') return err('request.subResource must be text');
  const objects = parseObjects(request, operation);
  if (!objects.ok) return objects;
  const isDryRun = own(request, 'dryRun') === true;
  return ok({ uid, kind, subResource, operation, isDryRun, ...parseOrigin(request), ...objects.value });
}

/** What only logs show is no reason to refuse anything. */
function parseOrigin(request: JsonObject): Pick<AdmissionRequest, 'name' | 'namespace' | 'user'> {
  const userInfo = own(request, 'userInfo');
  const user = isObject(userInfo) ? userInfo : {};
  const groups = own(user, 'groups');
  return {
    namespace: textOrNothing(own(request, 'namespace')),
    name: textOrNothing(own(request, 'name')),
    user: { name: textOrNothing(own(user, 'username')), groupCount: Array.isArray(groups) ? groups.length : 0 },
  };
}

function textOrNothing(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

type Objects = Pick<AdmissionRequest, 'object' | 'oldObject'>;

function parseObjects(request: JsonObject, operation: Operation): Result<Objects> {
  const isWrite = operation === 'CREATE' || operation === 'UPDATE';
  const found: { object?: JsonObject; oldObject?: JsonObject } = {};
  for (const name of ['object', 'oldObject'] as const) {
    const value = own(request, name) ?? undefined;
    const isNeeded = isWrite && (name === 'object' || operation === 'UPDATE');
    if (value === undefined && !isNeeded) continue;
    if (!isObject(value)) return err(`request.${name} must be an object`);
    found[name] = value;
  }
  return ok(found);
}

function parseKind(value: unknown): AdmissionRequest['kind'] | undefined {
  if (!isObject(value)) return undefined;
  const [group, version, kind] = ['group', 'version', 'kind'].map((name) => own(value, name));
  const areTexts = typeof group === 'string' && typeof version === 'string' && typeof kind === 'string';
  return areTexts ? { group, version, kind } : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A property of the JSON itself: nothing that every object inherits. */
function own(json: JsonObject, name: string): unknown {
  return Object.hasOwn(json, name) ? json[name] : undefined;
}
