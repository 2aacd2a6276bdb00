/**
 * Duty: a verdict as the AdmissionReview (admission.k8s.io/v1) that the API server reads and kubectl prints.
 */
import type { Problem } from '@gatehouse/core';
import type { Verdict } from './verdict.ts';

/** The answer, ready to be written as JSON. */
export interface AdmissionAnswer {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
    readonly warnings?: readonly string[];
    /** Kept in the API server's audit log. */
    readonly auditAnnotations?: Readonly<Record<string, string>>;
  };
}

/** More than this nobody reads in a terminal. */
const MOST_REASONS = 50;
/** The API server cuts warnings to 256 characters when all together have more than 4,096. */
const MOST_WARNINGS = 15;
const LONGEST_WARNING = 256;
const PROBLEMS_PAGE = 'docs/problems.md';

type Told = Omit<Verdict, 'audited'> & Partial<Verdict>;

/**
 * kubectl prints `admission webhook "…" denied the request: ` and then the message: one line for each reason, with field
 * path, what was found, what is allowed, the code, and where that is explained: below `documentationUrl`, which is empty or
 * ends in a slash. 403 is the status of which kubectl prints the message whole.
 */
export function renderAnswer(
  uid: string,
  { denials, warnings, audited = [] }: Told,
  documentationUrl = '',
): AdmissionAnswer {
  const reasons = denials.slice(0, MOST_REASONS).map((problem) => reasonLine(problem, documentationUrl));
  const lines = warnings
    .slice(0, MOST_WARNINGS)
    .map((problem) => reasonLine(problem, documentationUrl, LONGEST_WARNING));
  const told = [...lines, ...more(warnings.length - MOST_WARNINGS)];
  const heading = denials.length === 1 ? [] : [`${denials.length} reasons:`];
  const message = [...heading, ...reasons, ...more(denials.length - MOST_REASONS)].join('\n');
  return answer({
    uid,
    allowed: denials.length === 0,
    ...(denials.length === 0 ? {} : { status: refusal(403, 'Forbidden', message) }),
    ...(told.length === 0 ? {} : { warnings: told }),
    ...auditAnnotations({ denied: denials, warned: warnings, audited }),
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

/** The codes alone, for the API server's own log. */
function auditAnnotations(
  problems: Readonly<Record<string, readonly Problem[]>>,
): Pick<AdmissionAnswer['response'], 'auditAnnotations'> {
  const given = Object.entries(problems).filter(([, found]) => found.length > 0);
  if (given.length === 0) return {};
  const codesOf = (found: readonly Problem[]): string => [...new Set(found.map(({ code }) => code))].join(' ');
  return { auditAnnotations: Object.fromEntries(given.map(([name, found]) => [name, codesOf(found)])) };
}

/** A line that is too long loses the end of its message, never where that is explained. */
function reasonLine({ field, message, code }: Problem, documentationUrl: string, longest = Infinity): string {
  const link = ` (${code}, ${documentationUrl}${PROBLEMS_PAGE}#${code.toLowerCase()})`;
  const line = `${field === '' ? '' : `${field}: `}${message}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
  const room = longest - link.length;
  return `${line.length > room ? `${line.slice(0, room - 1)}…` : line}${link}`;
}

function more(count: number): readonly string[] {
  return count > 0 ? [`and ${count} more`] : [];
}
