/**
 * Duty: the object inside an admission request, as the resolver knows it. Must not judge it.
 */
import type { ObjectRef, Problem } from '@gatehouse/core';
import { parseObject, type ConfigMap, type Ingress, type Service } from '@gatehouse/kube-model';
import type { JsonObject } from './parse-review.ts';

/** What can be reviewed. */
export type Reviewed = ConfigMap | Ingress | Service;

/** An object, or why there is none. */
export interface Candidate<T extends Reviewed> {
  readonly ref: ObjectRef;
  /** Undefined when the object is malformed as a whole. */
  readonly object?: T;
  /** What the reading itself found wrong. */
  readonly problems: readonly Problem[];
}

export interface Change<T extends Reviewed> {
  readonly candidate: Candidate<T>;
  /** The stored form that the candidate replaces; undefined when there is none. */
  readonly before?: Candidate<T>;
}

/** The API server adds five letters that are no vowels, so this is a name that it never makes. */
const MADE_UP_ENDING = 'aaaaa';
const LONGEST_NAME = 253;

interface Wanted<T extends Reviewed> {
  readonly kind: T['kind'];
  /** Of the request, for an object that does not name its own. */
  readonly namespace: string;
}

/** Reads an object of any version of its kind. Undefined when it is something else. */
export function readCandidate<T extends Reviewed>(json: JsonObject, wanted: Wanted<T>): Candidate<T> | undefined {
  const reading = parseObject(withNames(json, wanted.namespace));
  if (reading.kind !== 'ours' || reading.ref.kind !== wanted.kind) return undefined;
  const object = reading.objects.find((one): one is T => one.kind === wanted.kind);
  return { ref: reading.ref, problems: reading.problems, ...(object === undefined ? {} : { object }) };
}

/** An object that only has generateName gets its name after it was admitted. */
function withNames(json: JsonObject, namespace: string): JsonObject {
  const found = json['metadata'];
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return json;
  const metadata = found as JsonObject;
  const names: Record<string, string> = {};
  const { generateName } = metadata;
  if (isMissing(metadata['namespace']) && namespace !== '') names['namespace'] = namespace;
  if (isMissing(metadata['name']) && typeof generateName === 'string' && generateName !== '')
    names['name'] = `${generateName.slice(0, LONGEST_NAME - MADE_UP_ENDING.length)}${MADE_UP_ENDING}`;
  return { ...json, metadata: { ...metadata, ...names } };
}

function isMissing(name: unknown): boolean {
  return name === undefined || name === null || name === '';
}
