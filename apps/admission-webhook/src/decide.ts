/**
 * Duty: from one request of the API server to its answer. Fails closed: what goes wrong inside is a denial that shows only
 * where to look. Must not know how requests come, nor what a review looks at.
 */
import {
  renderAnswer,
  renderFailure,
  type AdmissionAnswer,
  type AdmissionRequest,
  type Verdict,
} from '@gatehouse/admission';
import type { Result } from '@gatehouse/core';
import { publicError } from '@gatehouse/http';
import type { Logger } from '@gatehouse/pipeline';

/** Judges a request by the world as it is now. The error says why the request makes no sense. */
export type Review = (request: AdmissionRequest) => Result<Verdict>;

export interface Decision {
  readonly kind: 'allowed' | 'denied' | 'failed';
  readonly request: AdmissionRequest;
  /** Empty when the review failed. */
  readonly verdict: Verdict;
  readonly answer: AdmissionAnswer;
}

export interface DecideOptions {
  readonly review: Review;
  /** Put before `docs/…` in answers; ends in a slash, or is empty. */
  readonly documentationUrl?: string;
  readonly logger: Logger;
}

const NO_VERDICT: Verdict = { denials: [], warnings: [], audited: [] };

/** The error is one sentence without a full stop: the request is none. Never throws. */
export function decide(request: AdmissionRequest, options: DecideOptions): Result<Decision> {
  const { review, documentationUrl, logger } = options;
  const { uid, kind, operation } = request;
  try {
    const reviewed = review(request);
    if (!reviewed.ok) return reviewed;
    const verdict = reviewed.value;
    const isAllowed = verdict.denials.length === 0;
    const answer = renderAnswer(uid, verdict, documentationUrl);
    return { ok: true, value: { kind: isAllowed ? 'allowed' : 'denied', request, verdict, answer } };
  } catch (error) {
    const { reason } = publicError(error, logger, { uid, kind: kind.kind, operation });
    return { ok: true, value: { kind: 'failed', request, verdict: NO_VERDICT, answer: renderFailure(uid, reason) } };
  }
}
