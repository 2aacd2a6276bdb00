/**
 * Duty: from an error to what it means for following.
 */
import { KubeApiError } from '../kube-api.ts';
import type { Failure } from './next-attempt.ts';

/** What came cannot be trusted. The message says why, without showing it. */
export class GarbledError extends Error {}

/** Not a byte came for too long. */
export class SilentError extends Error {}

/** The list is empty, and a moment ago there was something. Whoever throws it has told the log. */
export class DoubtfulError extends Error {}

export function failureOf(error: unknown): Failure {
  if (error instanceof SilentError) return { kind: 'silent' };
  if (error instanceof DoubtfulError) return { kind: 'doubtful' };
  // Anything else is either garbled data or a mistake of ours with it; beginning afresh is right for both.
  if (!(error instanceof KubeApiError)) return { kind: 'garbled' };
  const { status, reason, retryAfterMs } = error;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (reason === 'AnswerTooLarge') return { kind: 'tooLarge' };
  if (reason === 'NoJson') return { kind: 'garbled' };
  if (status === 0) return { kind: 'unreachable' };
  if (status === 410 || reason === 'Expired' || reason === 'Gone') return { kind: 'expired' };
  if (status === 403) return { kind: 'forbidden' };
  if (status === 429 || status === 503) return { kind: 'busy', ...wait };
  return { kind: 'refused', ...wait };
}
