/**
 * Duty: what a page says, whatever its format: the same for all requests of one status, reason and language.
 */
import type { ErrorReason } from '../error-reason.ts';
import type { PageLabels } from '../words/language-texts.ts';
import type { PageWords } from '../words/page-words.ts';
import type { RequestTextName } from './request-text.ts';

export interface PageContent extends PageWords {
  readonly status: number;
  readonly reason: ErrorReason | undefined;
  /** BCP 47. */
  readonly languageTag: string;
  readonly direction: 'ltr' | 'rtl';
  readonly labels: PageLabels;
  /** Texts of the request that there are. */
  readonly requestTexts: readonly RequestTextName[];
}

/** What the reader calls a text of the request. Kinds of Kubernetes keep their names in every language. */
export function labelOf(name: RequestTextName, labels: PageLabels): string {
  switch (name) {
    case 'reference':
    case 'host':
    case 'uri':
    case 'servicePort':
      return labels[name];
    case 'namespace':
      return 'Namespace';
    case 'ingress':
      return 'Ingress';
    case 'service':
      return 'Service';
  }
}
