/**
 * Duty: the Ingress inside an admission request, as the resolver knows it. Must not judge it.
 */
import type { ObjectRef, Problem } from '@gatehouse/core';
import { parseObject, type Ingress } from '@gatehouse/kube-model';
import type { JsonObject } from './parse-review.ts';

/** An Ingress, or why there is none. */
export interface Candidate {
  readonly ref: ObjectRef;
  /** Undefined when the object is malformed as a whole. */
  readonly ingress?: Ingress;
  /** What the reading itself found wrong. */
  readonly problems: readonly Problem[];
}

/** The API server adds five letters that are no vowels, so this is a name that it never makes. */
const MADE_UP_ENDING = 'aaaaa';
const LONGEST_NAME = 253;

/** Reads an Ingress of any version. Undefined when the object is something else. */
export function readCandidate(object: JsonObject): Candidate | undefined {
  const reading = parseObject(withName(object));
  if (reading.kind !== 'ours' || reading.ref.kind !== 'Ingress') return undefined;
  const ingress = reading.objects.find((one) => one.kind === 'Ingress');
  return { ref: reading.ref, problems: reading.problems, ...(ingress === undefined ? {} : { ingress }) };
}

/** An object that only has generateName gets its name after it was admitted. */
function withName(object: JsonObject): JsonObject {
  const metadata = object['metadata'];
  if (typeof metadata !== 'object' || metadata === null || !('generateName' in metadata)) return object;
  const { generateName } = metadata;
  const isNamed = 'name' in metadata && metadata.name !== '' && metadata.name !== undefined;
  if (isNamed || typeof generateName !== 'string') return object;
  const name = `${generateName.slice(0, LONGEST_NAME - MADE_UP_ENDING.length)}${MADE_UP_ENDING}`;
  return { ...object, metadata: { ...metadata, name } };
}
