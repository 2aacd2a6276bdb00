/**
 * Duty: which typed annotation does what a directive in a snippet was used for. Reads no more of a snippet than the
 * first word of each directive, and only to give advice.
 */

const annotationFor: ReadonlyMap<string, string> = new Map([
  ['allow', 'allowlist-source-range'],
  ['client_max_body_size', 'proxy-body-size'],
  ['deny', 'denylist-source-range'],
  ['error_page', 'custom-http-errors'],
  ['grpc_pass', 'backend-protocol'],
  ['proxy_connect_timeout', 'proxy-connect-timeout'],
  ['proxy_intercept_errors', 'custom-http-errors'],
  ['proxy_read_timeout', 'proxy-read-timeout'],
  ['proxy_send_timeout', 'proxy-send-timeout'],
  ['return', 'permanent-redirect or temporal-redirect'],
  ['rewrite', 'rewrite-target'],
]);

/** Advice is not worth reading more than this much of a hostile text. */
const readCharacters = 4096;

/** What to do with a snippet: a clause that names the annotations for what it does, sorted. */
export function adviseOnSnippet(snippet: string): string {
  const directives = snippet.slice(0, readCharacters).split(/[;{}\n]/);
  const words = directives.map((directive) => annotationFor.get(directive.trimStart().split(/\s/, 1)[0] ?? ''));
  const names = [...new Set(words.filter((word) => word !== undefined))].sort();
  return names.length === 0
    ? 'remove it, and use the typed annotations'
    : `remove it, and use ${names.join(', ')} for what it does`;
}
