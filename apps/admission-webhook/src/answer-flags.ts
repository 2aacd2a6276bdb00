/**
 * Duty: the flags that say what answers refer to.
 */
import { err, ok, quoteFound, type Result } from '@gatehouse/core';
import { text } from '@gatehouse/flags';

const PLACE = 'Where docs/ of Gatehouse is to be read, such as https://example.com/gatehouse/';

export const answerFlags = {
  'documentation-url': {
    ...text({ default: '', placeholder: 'URL', summary: `${PLACE}; put before it in answers` }),
    parse: (texts: readonly string[]) => readDocumentationUrl(texts.at(-1) ?? ''),
  },
};

/** Ends in a slash, or is empty. It is printed in terminals, so what could be more than one word there is refused. */
function readDocumentationUrl(found: string): Result<string> {
  if (found === '') return ok('');
  if (!/^https?:\/\/[\w.:@/~%-]{1,200}$/i.test(found) || !URL.canParse(found))
    return err(`${quoteFound(found)} is no URL with http or https, without query and fragment`);
  return ok(found.endsWith('/') ? found : `${found}/`);
}
