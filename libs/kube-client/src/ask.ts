/**
 * Duty: small requests that end in time: each gives up after a while, so that a connection gone silent holds up nothing,
 * and waits when the server asks to. Must not know what is asked.
 */
import type { Clock } from '@gatehouse/pipeline';
import { pauseUnlessAborted } from './follow/pause.ts';
import { KubeApiError, type KubeApi, type KubeRequest } from './kube-api.ts';

/** What is needed to ask. */
export interface AskPorts {
  readonly api: KubeApi;
  readonly clock: Clock;
}

/** A small answer takes milliseconds; the server itself gives a request up after 60 s. */
const ASK_TIMEOUT_MS = 10_000;
const MOST_ATTEMPTS = 4;
const USUAL_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/** The media type of a patch that names only what it changes; lists are replaced whole. */
export const MERGE_PATCH = 'application/merge-patch+json';

/** One request, given up after `timeoutMs`. Throws a KubeApiError. */
export async function askOnce(
  { api, clock }: AskPorts,
  request: KubeRequest,
  timeoutMs = ASK_TIMEOUT_MS,
): Promise<unknown> {
  const giveUp = new AbortController();
  const cancel = clock.after(timeoutMs, () => giveUp.abort());
  const { signal } = request;
  const end = (): void => giveUp.abort();
  signal?.addEventListener('abort', end);
  if (signal?.aborted === true) end();
  try {
    return await api.send({ ...request, signal: giveUp.signal });
  } finally {
    cancel();
    signal?.removeEventListener('abort', end);
  }
}

/**
 * Asks again, a few times, when the server says that it has too much to do (429) or cannot answer now (503), after the
 * time that it names, as long as `isWanted` then. Throws the last KubeApiError; every other one at once.
 */
export async function ask(
  ports: AskPorts,
  request: KubeRequest,
  isWanted: () => boolean = () => true,
): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await askOnce(ports, request);
    } catch (error) {
      if (!isBusy(error) || attempt === MOST_ATTEMPTS || request.signal?.aborted === true) throw error;
      const waitMs = Math.min(error.retryAfterMs ?? USUAL_WAIT_MS * attempt, LONGEST_WAIT_MS);
      await pauseUnlessAborted(ports.clock, waitMs, request.signal);
      if (!isWanted()) throw error;
    }
  }
}

/** Whether the error is the server's answer with this status. */
export function hasStatus(error: unknown, status: number): error is KubeApiError {
  return error instanceof KubeApiError && error.status === status;
}

function isBusy(error: unknown): error is KubeApiError {
  return hasStatus(error, 429) || hasStatus(error, 503);
}
