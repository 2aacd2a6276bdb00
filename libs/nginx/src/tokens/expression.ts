/**
 * Duty: text with variables, for directives that expand them. Text stays text: nginx has no escape for `$`, so a dollar
 * sign becomes a constant variable. Names of variables come from allow-lists; nothing is parsed a second time.
 */
import type { Interpolated } from '@gatehouse/annotations';
import { quoteText } from './quote.ts';
import { makeToken, TokenRefused, type NginxToken } from './token.ts';

/** Declared in the http block as a `geo` block, which does not expand its values. */
const DOLLAR = '${gatehouse_dollar}';

const CAPTURE = /^[1-9]$/;
/** As nginx received them: none of these can hold a line break. */
const AS_SENT: readonly string[] = ['args', 'host', 'is_args', 'request_uri', 'scheme'];

/**
 * `parts` as text that ends up in a header. What nginx has decoded (`$uri`, captures) is refused: a line break in it
 * would begin another header. Captures beside a variable that a regular expression computes would also overflow
 * nginx' buffers (CVE-2026-42533).
 */
export function headerExpression(parts: Interpolated): NginxToken {
  return print(parts, (name) => (AS_SENT.includes(name) ? `\${${name}}` : undefined));
}

/** The host and port that the client asked for: its name as nginx understood it, not the header that nginx ignored. */
export const clientHost: NginxToken = makeToken('$gatehouse_host');

/** Absolute URL of a path of the same host, on the port that the client used. */
export function ownUrl(path: string): NginxToken {
  if (!path.startsWith('/')) throw new TokenRefused('the path does not begin with a slash');
  return makeToken(`"\${gatehouse_scheme}://\${host}\${gatehouse_port_suffix}${quoteInner(path)}"`);
}

/**
 * `parts` as the replacement of `rewrite`, where captures and `$uri` belong: nginx escapes them when it forwards the
 * path. A question mark would begin the query, which is not escaped, so it is refused; so is a beginning that is
 * neither a slash nor such a variable, because `http://` there is a redirect.
 */
export function rewriteReplacement(parts: Interpolated): NginxToken {
  const [first] = parts;
  const beginsAsPath = first?.kind === 'variable' ? first.name !== 'host' : first?.text.startsWith('/');
  if (beginsAsPath !== true) throw new TokenRefused('the rewritten path does not begin with a slash');
  if (parts.some((part) => part.kind === 'text' && part.text.includes('?'))) {
    throw new TokenRefused('the rewritten path holds a question mark');
  }
  // nginx reads one digit only, and braces would make it a name.
  return print(parts, (name) =>
    CAPTURE.test(name) ? `$${name}` : name === 'uri' || name === 'host' ? `\${${name}}` : undefined,
  );
}

function print(parts: Interpolated, printVariable: (name: string) => string | undefined): NginxToken {
  const printed = parts.map((part) => {
    const whole = part.kind === 'text' ? quoteInner(part.text) : printVariable(part.name);
    if (whole === undefined) throw new TokenRefused('the text has a variable that cannot be used here');
    return whole;
  });
  if (printed.length === 0) throw new TokenRefused('the text is empty');
  return makeToken(`"${printed.join('')}"`);
}

function quoteInner(text: string): string {
  return quoteText(text).slice(1, -1).replaceAll('$', DOLLAR);
}
