/**
 * Duty: Ingresses as anybody may write them: in order, nearly in order, hostile, and no Ingress at all. They come from a
 * few names, hosts and paths, so that they meet each other.
 */
import { renderAnnotationsSchema } from '@gatehouse/annotations';
import fc from 'fast-check';
import { hostileLike } from '../injection/hostile-text.ts';
import { breakage, broken, type Json } from './broken-json.ts';

const PREFIX = 'nginx.ingress.kubernetes.io/';
export const NAMESPACES = ['default', 'other', 'third'] as const;

interface AnnotationSchema {
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly examples: readonly [string, ...string[]];
}

/** Texts that the schema says an annotation takes, its example, and what nearly is one. */
function valuesOf({ pattern, enum: words = [], examples }: AnnotationSchema): fc.Arbitrary<string> {
  const [example] = examples;
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(example, ...words) },
    { weight: 2, arbitrary: textsOf(pattern) ?? fc.constant(example) },
    { weight: 2, arbitrary: fc.constantFrom('true', 'false', '1', '0', 'off', '', ' ', '404', '/x', '/$1', '$host') },
    { weight: 1, arbitrary: hostileLike(example) },
  );
}

/** Texts of an expression; undefined where it uses what fast-check cannot turn around. */
function textsOf(pattern: string | undefined): fc.Arbitrary<string> | undefined {
  try {
    return pattern === undefined ? undefined : fc.stringMatching(new RegExp(pattern), { size: 'small' });
  } catch {
    return undefined;
  }
}

const { properties } = JSON.parse(renderAnnotationsSchema('')) as {
  readonly properties: Readonly<Record<string, AnnotationSchema>>;
};
const supported = Object.entries(properties).map(([name, schema]) =>
  valuesOf(schema).map((value) => [`${PREFIX}${name.slice(1)}`, value] as const),
);

/** Those that are not supported, and names that only look like ours. */
const strange = fc.tuple(
  fc.constantFrom(
    ...['configuration-snippet', 'server-snippet', 'server-alias', 'canary', 'canary-weight', 'auth-url', 'no-such'],
    ...['rewrite-Target', ' use-regex', 'use-regex ', '', '/', '__proto__', 'constructor'],
  ),
  fc.oneof(fc.constantFrom('true', 'a.example.com', '50', 'return 200;'), hostileLike('x')),
);
const anyAnnotation = fc.oneof(
  { weight: 12, arbitrary: fc.oneof(...supported) },
  { weight: 2, arbitrary: strange.map(([name, value]) => [`${PREFIX}${name}`, value] as const) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant('kubernetes.io/ingress.class'), fc.constantFrom('nginx', 'other', '', 'nginx"')),
  },
);
/** The values of the documentation; those of others alone would do nothing. */
const goodAnnotation = fc.oneof(
  ...Object.entries(properties).map(([name, { examples }]) =>
    fc.constant([`${PREFIX}${name.slice(1)}`, examples[0]] as const),
  ),
);

const goodHost = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...['a.example.com', 'b.example.com', 'c.example.com', 'd.example.com', 'e.f.example.com', 'x.example.net'],
      ...['*.example.com', '*.f.example.com', '*.example.net', 'localhost', 'xn--bcher-kva.example'],
    ),
  },
  { weight: 3, arbitrary: fc.nat(400).map((number) => `host-${number}.example.org`) },
);
const badHost = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...['10.0.0.1', '::1', '[::1]', '0x7f.1', '2130706433', 'A.example.com', 'a.example.com.', 'a.example.com:80'],
      ...[
        '*',
        '*.',
        'a.*.com',
        '**.example.com',
        'a_b.example.com',
        '-a.example.com',
        'bücher.example',
        '~^x',
        '.a.com',
      ],
      ...[`${'a'.repeat(63)}.example`, `${'a'.repeat(64)}.example`, `${'a.'.repeat(126)}a`, `${'a.'.repeat(127)}a`],
      ...[`*.${'abcdefg.'.repeat(31)}ab`, 'a..b', 'hostnames', 'default', '_', ''],
    ),
  },
  { weight: 1, arbitrary: hostileLike('a.example.com') },
);

const atom = fc.constantFrom(
  ...['a', '.', '[a-z]', '[^/]', '\\d', '\\w', '(', ')', '|', '/', '\\.', '(?:', '(?=', '[[:alpha:]]'],
);
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{1,65535}', '*?', '++', '{,3}');
const expression = fc
  .array(fc.tuple(atom, quantifier), { minLength: 1, maxLength: 8 })
  .map((parts) => `/${parts.map((part) => part.join('')).join('')}`);
const goodPath = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('/', '/a', '/a/', '/a/b', '/b', '/c.d', '/%41', '/caf%C3%A9') },
  { weight: 2, arbitrary: fc.nat(60).map((number) => `/path-${number}`) },
);
const badPath = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        '',
        'a',
        '//',
        '/./',
        '/../a',
        '/%2e%2e/',
        '/%2F',
        '/%00',
        '/a b',
        '/é',
        '/a?b',
        '/a#b',
        '/(a+)+$',
        '/(a|a)*b',
      ],
      ...[
        '/(',
        '/[',
        '/a{2',
        '/(?<host>x)',
        '/\\K',
        `/${'a'.repeat(254)}`,
        `/${'a'.repeat(3000)}`,
        '/.well-known/x',
        '/"',
      ],
      ...['/a(/|$)(.*)', '/api/v[0-9]+', '/x.*\\.php$'],
    ),
  },
  { weight: 2, arbitrary: expression },
  { weight: 1, arbitrary: hostileLike('/a') },
);

const goodBackend = fc.record({
  service: fc.record({
    name: fc.constantFrom('web', 'api', 'no-endpoints', 'external'),
    port: fc.constantFrom<Json>({ number: 80 }, { name: 'http' }),
  }),
});
const badPort = fc.constantFrom<Json>({ name: 'nope' }, { number: 443 }, {}, { number: 80, name: 'http' });
const badService = fc.record({
  service: fc.record({ name: fc.oneof(fc.constantFrom('web', 'missing'), hostileLike('web')), port: badPort }),
});
const badBackend = fc.oneof<fc.Arbitrary<Json>[]>(
  badService,
  fc.constantFrom<Json>(
    { serviceName: 'web', servicePort: 80 },
    { serviceName: 'web', servicePort: 'http' },
    { resource: { apiGroup: 'k8s.example', kind: 'Bucket', name: 'x' } },
    { service: { name: 'web', port: { number: 80 } }, resource: { kind: 'x', name: 'x' } },
  ),
);

/** How much of an Ingress is in order: all that stands by itself, or most of it. */
type Care = 'careful' | 'careless';

function specOf(care: Care): fc.Arbitrary<Json> {
  const either = <T>(good: fc.Arbitrary<T>, bad: fc.Arbitrary<T>): fc.Arbitrary<T> =>
    care === 'careful' ? good : fc.oneof({ weight: 5, arbitrary: good }, { weight: 1, arbitrary: bad });
  const host = either<Json>(goodHost, badHost);
  const path = either(goodPath, badPath);
  const backend = either<Json>(goodBackend, badBackend);
  const pathType = either<Json>(
    fc.constantFrom('Prefix', 'Prefix', 'Exact', 'ImplementationSpecific'),
    fc.constantFrom<Json>('', 'prefix', null),
  );
  const paths = fc.array(fc.record({ path, pathType, backend }), { minLength: 1, maxLength: 4 });
  const rule = fc.record({ host, http: fc.record({ paths }) }, { requiredKeys: ['http'] });
  const secretName = either(fc.constantFrom('cert', 'missing'), fc.constantFrom('', 'a/b', '../x'));
  const tls = fc.record({ hosts: fc.array(host, { maxLength: 3 }), secretName }, { requiredKeys: [] });
  return fc.record(
    {
      ingressClassName: either<Json>(fc.constant('nginx'), fc.constantFrom('other', '', null)),
      defaultBackend: backend,
      rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
      tls: fc.array(tls, { maxLength: 2 }),
    },
    { requiredKeys: ['ingressClassName', 'rules'] },
  );
}

const apiVersion = fc.constantFrom(
  ...Array.from({ length: 10 }, () => 'networking.k8s.io/v1'),
  'networking.k8s.io/v1beta1',
  'extensions/v1beta1',
);

function wellShaped(care: Care): fc.Arbitrary<Json> {
  const annotation = care === 'careful' ? goodAnnotation : anyAnnotation;
  const annotations = fc.array(annotation, { maxLength: 4 }).map((some): Json => Object.fromEntries(some));
  const metadata = fc.record({
    name: fc.nat(30).map((number) => `ingress-${number}`),
    namespace: fc.constantFrom(...NAMESPACES),
    annotations,
  });
  return fc.record({ apiVersion, kind: fc.constant('Ingress'), metadata, spec: specOf(care) });
}

/** As JSON would bring it. */
export const randomIngress: fc.Arbitrary<Json> = fc.oneof(
  { weight: 2, arbitrary: wellShaped('careful') },
  { weight: 2, arbitrary: wellShaped('careless') },
  {
    weight: 1,
    arbitrary: fc
      .tuple(wellShaped('careless'), fc.array(breakage, { minLength: 1, maxLength: 3 }))
      .map(([ingress, breakages]) => breakages.reduce<Json>(broken, ingress)),
  },
);
