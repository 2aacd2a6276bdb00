/**
 * Duty: what there is to say in each language. A language that lacks a text does not compile.
 */
import type { ErrorReason } from '../error-reason.ts';

/** The statuses that have words of their own. */
export const NAMED_STATUSES = [
  400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 421, 422, 423, 425, 426, 428, 429,
  431, 451, 500, 501, 502, 503, 504, 505, 507, 508, 511,
] as const;

export type NamedStatus = (typeof NAMED_STATUSES)[number];

/** A headline, and why this may have happened and what the reader can do. */
export type TitleAndDetail = readonly [title: string, detail: string];

export interface LanguageTexts {
  /** The language for machines (BCP 47), with its script where that says which one is meant. */
  readonly tag: string;
  readonly direction: 'ltr' | 'rtl';
  readonly labels: PageLabels;
  readonly statuses: Readonly<Record<NamedStatus, TitleAndDetail>>;
  /** For every other status below 500. */
  readonly otherClientError: TitleAndDetail;
  /** For every other status from 500 on. */
  readonly otherServerError: TitleAndDetail;
  /** Details that say more than those of the status. */
  readonly reasons: Readonly<Record<ErrorReason, string>>;
}

export interface PageLabels {
  readonly reference: string;
  readonly tryAgain: string;
  readonly contact: string;
  /** Names the list of the brand's links to who cannot see it. */
  readonly links: string;
  readonly details: string;
  readonly host: string;
  readonly uri: string;
  readonly servicePort: string;
}
