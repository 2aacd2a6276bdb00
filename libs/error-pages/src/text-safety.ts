/**
 * Duty: makes text that came with a request harmless, for each kind of page.
 */

/**
 * Characters that no page may have: controls (they steer terminals, and XML has no way to write them), those that turn
 * the direction of what follows, and code points that are no characters.
 */
const UNPRINTABLE =
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]|\p{Surrogate}/gu;

const ONLY_PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const MARKUP = /[&<>"']/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** One line without characters that do something else than to be seen; each of those becomes U+FFFD. */
export function asOneLine(text: string): string {
  return ONLY_PRINTABLE_ASCII.test(text) ? text : text.replace(UNPRINTABLE, '\ufffd');
}

/** Text for HTML and XML, in an element or in a quoted attribute. */
export function asMarkup(text: string): string {
  return asOneLine(text).replace(MARKUP, (character) => ENTITIES[character] ?? '');
}

/** Text for inside the quotes of a JSON string. */
export function asJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** At most so many UTF-16 code units, an ellipsis in place of the rest. */
export function cutTo(length: number, text: string): string {
  if (text.length <= length) return text;
  const end = /[\ud800-\udbff]/.test(text[length - 2] ?? '') ? length - 2 : length - 1;
  return `${text.slice(0, end)}…`;
}
