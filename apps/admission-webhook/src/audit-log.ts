/**
 * Duty: one log line for each denial, and for what the policy only audits: who wanted what, and which rules said no. And one
 * for a review that takes long. Never what the object holds: an author's text is in the names alone, which are bounded.
 */
import type { AdmissionRequest } from '@gatehouse/admission';
import type { Problem } from '@gatehouse/core';
import { createRepetitionLimit } from '@gatehouse/logging';
import type { Clock, Logger } from '@gatehouse/pipeline';
import type { Decision } from './decide.ts';

export interface AuditLog {
  /** `durationMs` is the review's own time, without that of waiting for it. */
  record(decision: Decision, durationMs: number): void;
}

/** A controller in a loop asks for the same thing again and again. */
const LIMITS = { periodMs: 60_000, mostAlike: 10, mostInAll: 2000 };
const SLOW_MS = 100;
const LONGEST_NAME = 256;
const MOST_FIELDS = 20;
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

export function createAuditLog(logger: Logger, clock: Pick<Clock, 'monotonicMs'>): AuditLog {
  const limit = createRepetitionLimit(LIMITS);
  const say = (message: string, request: AdmissionRequest, data: Readonly<Record<string, unknown>>): void => {
    const object = objectOf(request);
    const alike = JSON.stringify([message, object]);
    const leftOut = limit.admit(alike, clock.monotonicMs());
    if (leftOut === undefined) return;
    const alsoBefore = leftOut === 0 ? {} : { alsoBefore: leftOut };
    const level = message === 'Review was slow' ? 'warn' : 'info';
    logger[level](message, { ...object, uid: plain(request.uid), ...data, ...alsoBefore });
  };
  return {
    record({ kind, request, verdict }, durationMs) {
      const rounded = Math.round(durationMs * 100) / 100;
      const { operation, isDryRun, user } = request;
      const sayOf = (message: string, found: readonly Problem[]): void =>
        say(message, request, {
          operation,
          isDryRun,
          user: plain(user.name),
          groupCount: user.groupCount,
          codes: distinct(found.map(({ code }) => code)),
          fields: distinct(found.map(({ field }) => plain(field))),
          durationMs: rounded,
        });
      if (kind === 'denied') sayOf('Admission denied', verdict.denials);
      // The policy has rules that it only wants to hear of.
      if (verdict.audited.length > 0) sayOf('Admission audited', verdict.audited);
      if (durationMs > SLOW_MS) say('Review was slow', request, { operation, durationMs: rounded });
    },
  };
}

/** What the API server says of the object, else what the object says of itself. */
function objectOf({ kind, namespace, name, object, oldObject }: AdmissionRequest): Readonly<Record<string, string>> {
  const metadata = (object ?? oldObject)?.['metadata'];
  const generateName = textOf(metadata, 'generateName');
  // The name that the API server will make of it is not known yet.
  const made = generateName === '' ? '' : `${generateName}*`;
  return {
    kind: plain(kind.kind),
    namespace: plain(namespace || textOf(metadata, 'namespace')),
    name: plain(name || textOf(metadata, 'name') || made),
  };
}

function textOf(metadata: unknown, field: string): string {
  if (typeof metadata !== 'object' || metadata === null) return '';
  const value: unknown = Object.getOwnPropertyDescriptor(metadata, field)?.value;
  return typeof value === 'string' ? value : '';
}

function distinct(texts: readonly string[]): readonly string[] {
  const all = [...new Set(texts)];
  return all.length > MOST_FIELDS ? [...all.slice(0, MOST_FIELDS), `and ${all.length - MOST_FIELDS} more`] : all;
}

function plain(text: string): string {
  const short = text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text;
  return short.replace(UNPRINTABLE, ' ');
}
