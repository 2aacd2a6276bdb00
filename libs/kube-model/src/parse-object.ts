/**
 * Duty: from unknown JSON to our types, or to Problems that say which field is wrong. Total: it never throws, whatever
 * it is given. Must not know whether the JSON came from the API server or from a file.
 */
import { quoteFound, type ObjectKind, type Problem, type ProblemCode } from '@gatehouse/core';
import { Field, isRecord, type Fault } from './field.ts';
import { parseMetadata } from './metadata.ts';
import type { AnyObject, Ingress, KubeObject } from './objects.ts';
import { parseEndpointSlice } from './parse-endpoint-slice.ts';
import { parseEndpoints } from './parse-endpoints.ts';
import { parseIngressClass } from './parse-ingress-class.ts';
import { parseIngress } from './parse-ingress.ts';
import { parseConfigMap, parseNamespace } from './parse-plain.ts';
import { parseSecret } from './parse-secret.ts';
import { parseService } from './parse-service.ts';

/** What one JSON object holds. */
export type Reading =
  /** A kind that is read. No objects when it is malformed as a whole; several for Endpoints of several subsets. */
  | {
      readonly kind: 'ours';
      readonly ref: KubeObject['ref'];
      readonly objects: readonly AnyObject[];
      readonly problems: readonly Problem[];
    }
  /** A kind that is not read, such as a Deployment. Nothing is wrong. */
  | { readonly kind: 'notOurs'; readonly apiVersion: string; readonly objectKind: string }
  /** No Kubernetes object at all. */
  | { readonly kind: 'noObject'; readonly reason: string };

type Parse = (document: Field) => readonly AnyObject[];

const ingressOf =
  (apiVersion: Ingress['apiVersion']): Parse =>
  (document) => [parseIngress(document, apiVersion)];

/** Every kind that is read, with its versions. */
const PARSERS: Readonly<Partial<Record<ObjectKind, ReadonlyMap<string, Parse>>>> = {
  Ingress: new Map([
    ['networking.k8s.io/v1', ingressOf('networking.k8s.io/v1')],
    ['networking.k8s.io/v1beta1', ingressOf('networking.k8s.io/v1beta1')],
    ['extensions/v1beta1', ingressOf('extensions/v1beta1')],
  ]),
  IngressClass: versions(['networking.k8s.io/v1', 'networking.k8s.io/v1beta1'], (it) => [parseIngressClass(it)]),
  Service: versions(['v1'], (document) => [parseService(document)]),
  EndpointSlice: versions(['discovery.k8s.io/v1', 'discovery.k8s.io/v1beta1'], (document) => {
    const slice = parseEndpointSlice(document);
    return slice === undefined ? [] : [slice];
  }),
  Endpoints: versions(['v1'], parseEndpoints),
  Secret: versions(['v1'], (document) => [parseSecret(document)]),
  ConfigMap: versions(['v1'], (document) => [parseConfigMap(document)]),
  Namespace: versions(['v1'], (document) => [parseNamespace(document)]),
};

const RETIRED = new Set(['extensions/v1beta1', 'networking.k8s.io/v1beta1', 'discovery.k8s.io/v1beta1']);

/** Groups of Kubernetes itself: there, a kind that we know in a version that we do not know is a mistake. */
const KUBERNETES_GROUP = /^(?:|apps|batch|extensions|(?:.*\.)?k8s\.io)$/;

/** Reads one object. Lists are for `parseObjects`. */
export function parseObject(json: unknown): Reading {
  if (!isRecord(json)) return { kind: 'noObject', reason: 'it is no mapping with apiVersion and kind' };
  const apiVersion = ownText(json, 'apiVersion');
  const objectKind = ownText(json, 'kind');
  if (apiVersion === undefined || objectKind === undefined) {
    return { kind: 'noObject', reason: `it has no ${apiVersion === undefined ? 'apiVersion' : 'kind'} that is text` };
  }
  if (!isOurKind(objectKind)) return { kind: 'notOurs', apiVersion, objectKind };
  const parsers = PARSERS[objectKind] ?? new Map<string, Parse>();
  const parse = parsers.get(apiVersion);
  if (parse !== undefined) return readObject(json, objectKind, parse);
  if (!KUBERNETES_GROUP.test(groupOf(apiVersion))) return { kind: 'notOurs', apiVersion, objectKind };
  return readUnknownVersion(json, objectKind, [...parsers.keys()]);
}

/** One reading of a document, and the way from the document's root to it: empty, or `items` and an index. */
export interface PlacedReading {
  readonly place: readonly (number | string)[];
  readonly reading: Reading;
}

/**
 * Reads a document that is an object or a list of objects: `v1 List`, or `IngressList` and the like, whose items may leave
 * out their kind, as the API server does.
 */
export function parseObjects(json: unknown): readonly PlacedReading[] {
  const list = listOf(json);
  if (list === undefined) return [{ place: [], reading: parseObject(json) }];
  if (list.items === undefined)
    return [{ place: ['items'], reading: { kind: 'noObject', reason: 'items must be a list' } }];
  return list.items.map((item, index) => ({ place: ['items', index], reading: parseListItem(item, list.typeOfItems) }));
}

/** A list inside a list is refused, so that no document can ask for more work than it has bytes. */
function parseListItem(item: unknown, typeOfItems: Readonly<Record<string, string>>): Reading {
  if (listOf(item) !== undefined) {
    return { kind: 'noObject', reason: 'it is a list inside a list: write its items directly' };
  }
  return parseObject(isRecord(item) ? { ...typeOfItems, ...item } : item);
}

interface ObjectList {
  /** Undefined when they are no list. */
  readonly items: readonly unknown[] | undefined;
  /** apiVersion and kind of items that leave them out. */
  readonly typeOfItems: Readonly<Record<string, string>>;
}

function listOf(json: unknown): ObjectList | undefined {
  const kind = isRecord(json) ? ownText(json, 'kind') : undefined;
  if (!isRecord(json) || kind?.endsWith('List') !== true) return undefined;
  const kindOfItems = kind.slice(0, -'List'.length);
  if (kindOfItems !== '' && !isOurKind(kindOfItems)) return undefined;
  const items = Object.hasOwn(json, 'items') ? (json['items'] ?? []) : [];
  const typeOfItems = kindOfItems === '' ? {} : { apiVersion: ownText(json, 'apiVersion') ?? '', kind: kindOfItems };
  return { items: Array.isArray(items) ? (items as readonly unknown[]) : undefined, typeOfItems };
}

function readObject(json: unknown, objectKind: ObjectKind, parse: Parse): Reading {
  const faults: Fault[] = [];
  const document = Field.root(json, faults);
  const { ref } = parseMetadata(Field.root(json, []), objectKind);
  const objects = parse(document);
  const apiVersion = document.get('apiVersion').text();
  const retired = RETIRED.has(apiVersion) ? [toProblem(ref, retiredFault(apiVersion), 'RetiredApiVersion')] : [];
  const problems = faults.map((fault) => toProblem(ref, fault, 'ObjectMalformed'));
  const isLost = faults.some((fault) => fault.scope === 'object');
  return { kind: 'ours', ref, objects: isLost ? [] : objects.map(frozen), problems: [...problems, ...retired] };
}

function readUnknownVersion(json: unknown, objectKind: ObjectKind, known: readonly string[]): Reading {
  const document = Field.root(json, []);
  const { ref } = parseMetadata(document, objectKind);
  const found = quoteFound(document.get('apiVersion').text());
  const message = `${objectKind} must be written as ${known.join(' or ')}, found ${found}`;
  const problem = toProblem(ref, { field: 'apiVersion', message }, 'ObjectMalformed');
  return { kind: 'ours', ref, objects: [], problems: [problem] };
}

function retiredFault(apiVersion: string): Pick<Fault, 'field' | 'message'> {
  const [group = ''] = apiVersion.replace('extensions', 'networking.k8s.io').split('/');
  return { field: 'apiVersion', message: `${apiVersion} is no longer served by Kubernetes, ${group}/v1 is` };
}

function toProblem(object: KubeObject['ref'], fault: Pick<Fault, 'field' | 'message'>, code: ProblemCode): Problem {
  return Object.freeze({ code, object, field: fault.field, message: fault.message });
}

function versions(apiVersions: readonly string[], parse: Parse): ReadonlyMap<string, Parse> {
  return new Map(apiVersions.map((apiVersion) => [apiVersion, parse]));
}

function isOurKind(kind: string): kind is ObjectKind {
  return Object.hasOwn(PARSERS, kind);
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

function ownText(json: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(json, name) ? json[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Freezes an object of ours all through; its depth is that of its type. Maps and bytes are readonly by type only. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Map || value instanceof Uint8Array) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
