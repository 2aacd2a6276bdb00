/**
 * Duty: values with variables in them: rewritten paths, redirect locations, Host headers. Each is judged by a sample,
 * the text with a harmless value in place of every variable, so that the whole has to make sense and not only its parts.
 */
import { err, ok, type Result } from '@gatehouse/core';
import { fillInterpolated, parseInterpolated, type Interpolated } from '../interpolated.ts';
import { isCapture, variablesIn } from '../variables.ts';
import { combinator, type Combinator, type JsonSchema } from './combinator.ts';
import { isHostname } from './names.ts';
import { parseAddress } from './network.ts';

/** A value for each variable, the worst one where clients have a say; captures are paths, all others are names. */
const samples: Readonly<Record<string, string>> = {
  args: 'a=b',
  host: 'host.example',
  is_args: '?',
  request_uri: '//request?a=b',
  scheme: 'https',
  uri: '/uri',
};

/** A query goes on with whatever a client likes: behind a slash a second one would begin the name of a host. */
const otherSamples: Readonly<Record<string, string>> = { ...samples, args: '/a=b' };

function sampleFrom(values: Readonly<Record<string, string>>): (name: string) => string {
  return (name) => values[name] ?? (isCapture(name) ? '/capture' : 'name');
}

interface InterpolatedGrammar {
  readonly english: string;
  readonly schema: JsonSchema;
  readonly variables: readonly string[];
  /** The reason why a sample is wrong, or undefined. */
  readonly judge: (sample: string) => string | undefined;
}

/** Text with variables of an allow-list, whose sample passes `judge`. */
function interpolated({ english, schema, variables, judge }: InterpolatedGrammar): Combinator<Interpolated> {
  return combinator({
    english,
    schema,
    read(text): Result<Interpolated> {
      const parts = parseInterpolated(text, variables);
      if (!parts.ok) return parts;
      const filled = [samples, otherSamples].map((values) => fillInterpolated(parts.value, sampleFrom(values)));
      const reason = filled.map(judge).find((found) => found !== undefined);
      return reason === undefined ? parts : err(reason);
    },
  });
}

const pathCharacters = /^[A-Za-z0-9._~!&'()*+,;=:@/-]*$/;
const urlCharacters = /^(?:[A-Za-z0-9._~!&'()*+,;=:@/?#-]|%[0-9A-Fa-f]{2})*$/;

/** What replaces a request's path: `/$1`, `/api$uri`. */
export const rewriteTarget = interpolated({
  english: 'a path such as /$1',
  schema: { type: 'string', pattern: "^[/$][A-Za-z0-9._~!&'()*+,;=:@/${}-]*$" },
  variables: variablesIn.rewriteTarget,
  judge(sample) {
    if (/^https?:\/\//i.test(sample)) return 'permanent-redirect and temporal-redirect send clients elsewhere';
    if (sample.includes('?')) return 'the query of the request is always kept, and none can be added';
    if (sample.includes('%')) return 'it is written decoded, without % escapes';
    if (!sample.startsWith('/')) return 'it begins with neither a slash nor a capture';
    return pathCharacters.test(sample) ? undefined : 'it holds characters that a path cannot have';
  },
});

/** Where a client is sent: an http or https URL, or a path of the same host. */
export const redirectLocation = interpolated({
  english: 'an http(s) URL such as https://www.example.com$request_uri, or a path',
  schema: { type: 'string', pattern: "^[A-Za-z0-9._~!&'()*+,;=:@/?#%${}\\[\\]-]+$" },
  variables: variablesIn.redirect,
  judge: judgeLocation,
});

function judgeLocation(sample: string): string | undefined {
  if (sample.startsWith('//')) return 'it begins with two slashes, so clients would take it for another host';
  if (sample.startsWith('/')) return urlCharacters.test(sample) ? undefined : badUrl;
  const [, authority, rest] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(sample) ?? [];
  if (authority === undefined || rest === undefined) return 'it begins with none of http://, https:// and /';
  if (!isAuthority(authority)) return 'what follows the scheme is no host with an optional port';
  return urlCharacters.test(rest) ? undefined : badUrl;
}

const badUrl = 'it holds characters that a URL cannot have';

/** The Host header that a backend sees: a name with an optional port. */
export const upstreamHost = interpolated({
  english: 'a host name such as tea.example.com or $service_name.$namespace.svc, with an optional port',
  schema: { type: 'string', pattern: '^[A-Za-z0-9._:${}\\[\\]-]+$' },
  variables: variablesIn.upstreamHost,
  // Names inside a cluster have underscores now and then; a Host header may.
  judge: (sample) => (isAuthority(sample.replaceAll('_', '-')) ? undefined : ''),
});

/** `name`, `address` or `[address]`, and perhaps `:port`. */
function isAuthority(text: string): boolean {
  const [, name, ipv6, port = '1'] = /^(?:([^:[\]]+)|\[([^[\]]+)\])(?::([1-9][0-9]{0,4}))?$/.exec(text) ?? [];
  if (Number(port) > 65_535) return false;
  if (ipv6 !== undefined) return ipv6.includes(':') && parseAddress(ipv6) !== undefined;
  return name !== undefined && isHostname(name.toLowerCase());
}

/** Where `/` of a host leads: a path of the same host, perhaps with query and fragment. */
export const appRootPath: Combinator<string> = combinator({
  english: 'a path such as /app, other than /',
  schema: { type: 'string', pattern: "^/[A-Za-z0-9._~!&'()*+,;=:@/?#%-]+$" },
  read(text) {
    if (text.includes('$')) return err('it cannot hold variables');
    if (text === '/') return err('the redirect would never end');
    if (text.startsWith('//')) return err('it begins with two slashes, so clients would take it for another host');
    return text.startsWith('/') && urlCharacters.test(text) ? ok(text) : err('');
  },
});
