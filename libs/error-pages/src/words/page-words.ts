/**
 * Duty: what a page says about an error: the brand's own words before the built-in ones, a reason's before a status'.
 */
import type { Brand } from '../brand/brand.ts';
import type { ErrorReason } from '../error-reason.ts';
import { asOneLine } from '../text-safety.ts';
import type { Language } from '../negotiation/page-language.ts';
import { NAMED_STATUSES, type LanguageTexts, type NamedStatus, type TitleAndDetail } from './language-texts.ts';
import { builtInTexts } from './texts.ts';

export interface PageWords {
  /** A short headline, such as "Not Found". */
  readonly title: string;
  /** Why this may have happened and what the reader can do, one or two sentences. */
  readonly detail: string;
}

export interface WordsWanted {
  readonly status: number;
  readonly reason: ErrorReason | undefined;
  readonly language: Language;
}

/** Each of title and detail is the first that there is. */
export function wordsFor(brand: Brand, { status, reason, language }: WordsWanted): PageWords {
  const texts = builtInTexts[language];
  const [title, detail] = builtInWords(texts, status);
  const own = brand.texts[language];
  const ofReason = reason === undefined ? undefined : own?.reasons?.[reason];
  const ofStatus = own?.statuses?.[String(status)];
  const ofClass = own?.statuses?.[status < 500 ? '4xx' : '5xx'];
  const builtInReason = reason === undefined ? undefined : texts.reasons[reason];
  return {
    title: asOneLine(ofReason?.title ?? ofStatus?.title ?? ofClass?.title ?? title),
    detail: asOneLine(ofReason?.detail ?? ofStatus?.detail ?? builtInReason ?? ofClass?.detail ?? detail),
  };
}

function builtInWords(texts: LanguageTexts, status: number): TitleAndDetail {
  if (isNamed(status)) return texts.statuses[status];
  return status < 500 ? texts.otherClientError : texts.otherServerError;
}

function isNamed(status: number): status is NamedStatus {
  return NAMED_STATUSES.some((named) => named === status);
}
