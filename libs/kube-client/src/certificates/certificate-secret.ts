/**
 * Duty: reading and writing texts in one Secret that exists. Must not know what they are; no error shows one of them.
 */
import { objectKey } from '@gatehouse/core';
import { apiPath } from '../api-path.ts';
import { ask, askOnce, type AskPorts } from '../ask.ts';
import { at, fieldsOf, textAt } from '../json.ts';
import { KubeApiError, type KubeRequest } from '../kube-api.ts';
import { watchedKinds } from '../follow/watched-kind.ts';

/** One form of the Secret. */
export interface SecretForm {
  /** Texts by key; what is no UTF-8 is mangled. */
  readonly texts: ReadonlyMap<string, string>;
  /** The whole object, for writing it back with other texts. */
  readonly json: unknown;
}

export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
}

/** Undefined when there is none. Throws a KubeApiError. */
export async function readSecret(ports: AskPorts, place: SecretPlace): Promise<SecretForm | undefined> {
  try {
    return formOf(await ask(ports, { path: pathOf(place) }), place);
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return undefined;
    throw error;
  }
}

/**
 * Puts texts into the form that was read and into no other; further keys stay. The answer is the new form. Throws a
 * KubeApiError, with status 409 when somebody was faster and 404 when it is gone.
 */
export async function writeSecret(
  ports: AskPorts,
  over: SecretForm,
  texts: ReadonlyMap<string, string>,
): Promise<SecretForm> {
  const place = { namespace: textAt(over.json, 'metadata', 'namespace'), name: textAt(over.json, 'metadata', 'name') };
  const encoded = Array.from(texts, ([key, text]) => [key, Buffer.from(text).toString('base64')]);
  const data: unknown = { ...fieldsOf(at(over.json, 'data')), ...Object.fromEntries(encoded) };
  const body = { ...fieldsOf(over.json), data };
  const request: KubeRequest = { method: 'PUT', path: pathOf(place), body };
  return formOf(await askOnce(ports, request).catch(withoutItsWords), place);
}

/** Of an answer to a body full of secrets, only what says nothing of the body. */
function withoutItsWords(error: unknown): never {
  if (!(error instanceof KubeApiError) || error.status === 0 || error.status === 403) throw error;
  const { status, reason, retryAfterMs } = error;
  throw new KubeApiError(`writing the Secret was answered ${status} ${reason}`, {
    status,
    reason,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function formOf(json: unknown, { namespace, name }: SecretPlace): SecretForm {
  const isIt = textAt(json, 'kind') === 'Secret' && textAt(json, 'metadata', 'name') === name;
  // A write without a version would be one over any form.
  if (!isIt || textAt(json, 'metadata', 'resourceVersion') === '')
    throw new KubeApiError(`the answer is no Secret ${objectKey(namespace, name)}`, { status: 0, reason: 'NoSecret' });
  const texts = Object.entries(fieldsOf(at(json, 'data'))).map(([key, value]): [string, string] => [
    key,
    typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '',
  ]);
  return { texts: new Map(texts), json };
}

function pathOf(place: SecretPlace): string {
  return apiPath(watchedKinds.Secret.resource, { namespace: place.namespace, name: place.name });
}
