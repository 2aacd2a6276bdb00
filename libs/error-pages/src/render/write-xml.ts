/**
 * Duty: a page as XML, in the form that RFC 9457, appendix B, gives problem details.
 */
import { asMarkup } from '../text-safety.ts';
import type { PageContent } from './page-content.ts';
import { Placeholder } from './request-text.ts';

/** The RFC keeps the namespace of the one that it replaced. */
const NAMESPACE = 'urn:ietf:rfc:7807';

export function writeXml({ status, title, detail, reason, languageTag, requestTexts }: PageContent): string {
  const elements = [
    element('type', 'about:blank'),
    element('title', asMarkup(title)),
    element('status', String(status)),
    element('detail', asMarkup(detail)),
    ...(reason === undefined ? [] : [element('reason', reason)]),
    ...requestTexts.map((name) => element(name, new Placeholder(name).mark)),
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<problem xmlns="${NAMESPACE}" xml:lang="${languageTag}">`,
    ...elements,
    '</problem>\n',
  ].join('\n');
}

function element(name: string, markup: string): string {
  return `  <${name}>${markup}</${name}>`;
}
