/**
 * Duty: a verdict as the AdmissionReview (admission.k8s.io/v1) that the API server reads and kubectl prints.
 */
import type { Problem } from '@gatehouse/core';
import type { Verdict } from './judge-ingress.ts';

/** The answer, ready to be written as JSON. */
export interface AdmissionAnswer {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
    readonly warnings?: readonly string[];
  };
}

/** More than this nobody reads in a terminal. */
const MOST_REASONS = 50;
/** The API server cuts warnings when all together are longer than 4,096 characters. */
const MOST_WARNINGS = 15;
const LONGEST_WARNING = 250;

/**
 * kubectl prints `admission webhook "…" denied the request: ` and then the message: one line for each reason, with field
 * path, what was found, what is allowed, and the code. 403 is the status of which kubectl prints the message whole.
 */
export function renderAnswer(uid: string, { denials, warnings }: Verdict): AdmissionAnswer {
  const lines = limited(warnings.map(reasonLine), MOST_WARNINGS).map(cut);
  return answer({
    uid,
    allowed: denials.length === 0,
    ...(denials.length === 0 ? {} : { status: refusal(403, 'Forbidden', denialMessage(denials)) }),
    ...(lines.length === 0 ? {} : { warnings: lines }),
  });
}

/** A denial because of us: `reason` is one sentence that shows nothing of our insides. */
export function renderFailure(uid: string, reason: string): AdmissionAnswer {
  return answer({ uid, allowed: false, status: refusal(500, 'InternalError', reason) });
}

function answer(response: AdmissionAnswer['response']): AdmissionAnswer {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}

function refusal(code: number, reason: string, message: string): { code: number; reason: string; message: string } {
  return { code, reason, message };
}

function denialMessage(denials: readonly Problem[]): string {
  const lines = limited(denials.map(reasonLine), MOST_REASONS);
  return lines.length === 1 ? lines.join('') : [`${denials.length} reasons:`, ...lines].join('\n');
}

function reasonLine({ field, message, code }: Problem): string {
  const line = `${field === '' ? '' : `${field}: `}${message} (${code})`;
  return line.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}

function limited(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most), `and ${lines.length - most} more`];
}

function cut(line: string): string {
  return line.length > LONGEST_WARNING ? `${line.slice(0, LONGEST_WARNING - 1)}…` : line;
}
