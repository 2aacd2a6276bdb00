import { describe, expect, it } from '@jest/globals';
import { defaultSettings } from '@gatehouse/annotations';
import { anIngress, type IngressShape } from '@gatehouse/testing';
import { defaultRoutingOptions, type RoutingOptions } from '../options.ts';
import { checkIngress } from './check-ingress.ts';

const prefix = 'nginx.ingress.kubernetes.io';

function check(shape: IngressShape, options: Partial<RoutingOptions> = {}) {
  const context = { options: { ...defaultRoutingOptions, ...options }, settings: defaultSettings };
  const { hosts, problems, ...rest } = checkIngress(anIngress(shape), context);
  return {
    ...rest,
    paths: hosts.map(({ name, paths }) => [name, ...paths.map(({ match, path }) => `${match} ${path}`)]),
    problems: problems.map(({ code, field }) => `${code} ${field}`),
  };
}

const onePath = (path: string, pathType: string, annotations = {}) =>
  check({ annotations, rules: [{ host: 'a.example', paths: [{ path, pathType }] }] });

describe('checkIngress', () => {
  it.each([
    ['/foo', 'Exact', 'exact /foo'],
    ['/foo/', 'Exact', 'exact /foo/'],
    ['/', 'Exact', 'exact /'],
    ['', 'Exact', 'exact /'],
    ['/foo', 'Prefix', 'prefix /foo'],
    ['/foo/', 'Prefix', 'prefix /foo'],
    ['/', 'Prefix', 'prefix /'],
    ['', 'Prefix', 'prefix /'],
    ['/foo', 'ImplementationSpecific', 'prefix /foo'],
    ['', 'ImplementationSpecific', 'prefix /'],
    ['/foo/', '', 'prefix /foo'],
    ['/caf%C3%A9/', 'Prefix', 'prefix /café'],
  ])('reads %j of type %s as %s', (path, pathType, expected) => {
    expect(onePath(path, pathType)).toMatchObject({ paths: [['a.example', expected]], problems: [] });
  });

  it.each([
    [{ [`${prefix}/use-regex`]: 'true' }, 'ImplementationSpecific', 'regex /foo(/|$)(.*)', []],
    [{ [`${prefix}/rewrite-target`]: '/$2' }, 'ImplementationSpecific', 'regex /foo(/|$)(.*)', []],
    [{ [`${prefix}/use-regex`]: 'true' }, '', 'regex /foo(/|$)(.*)', []],
    [{ [`${prefix}/rewrite-target`]: '/bar' }, 'Prefix', 'prefix /foo(/|$)(.*)', ['PathLooksLikeRegex']],
    [{ [`${prefix}/use-regex`]: 'true' }, 'Prefix', 'prefix /foo(/|$)(.*)', ['PathLooksLikeRegex']],
    [{ [`${prefix}/use-regex`]: 'true' }, 'Exact', 'exact /foo(/|$)(.*)', ['PathLooksLikeRegex']],
    [{}, 'Prefix', 'prefix /foo(/|$)(.*)', ['PathLooksLikeRegex']],
  ])('with annotations %j and type %s reads a pattern as %s', (annotations, pathType, expected, codes) => {
    const checked = onePath('/foo(/|$)(.*)', pathType, annotations);
    expect(checked.paths).toEqual([['a.example', expected]]);
    expect(checked.problems).toEqual(codes.map((code) => `${code} spec.rules[0].http.paths[0].path`));
  });

  describe('says which captures of the rewrite-target a path has no group for', () => {
    const field = `metadata.annotations[${prefix}/rewrite-target]`;
    const messages = (target: string, paths: readonly (readonly [string, string])[], options = {}) => {
      const ingress = anIngress({
        annotations: { [`${prefix}/rewrite-target`]: target },
        rules: [{ paths: paths.map(([path, pathType]) => ({ path, pathType })) }],
      });
      const context = { options: { ...defaultRoutingOptions, ...options }, settings: defaultSettings };
      const found = checkIngress(ingress, context).problems;
      expect(found.map((problem) => [problem.code, problem.field])).toEqual(
        found.map(() => ['RewriteCaptureMissing', field]),
      );
      return found.map(({ message }) => message);
    };

    it('path by path', () => {
      const paths = [
        ['/a(/|$)(.*)', 'ImplementationSpecific'],
        ['/b/(.*)', 'ImplementationSpecific'],
        ['/c', 'ImplementationSpecific'],
        ['/d', 'Prefix'],
        ['/e', 'Exact'],
      ] as const;
      expect(messages('/$2', paths)).toEqual([
        'the path "/b/(.*)" (spec.rules[0].http.paths[1]) has 1 capturing group, so there $2 stands for nothing',
        'the path "/c" (spec.rules[0].http.paths[2]) has no capturing group, so there $2 stands for nothing',
        'the path "/d" (spec.rules[0].http.paths[3]) has no capturing group, so there $2 stands for nothing',
        'the path "/e" (spec.rules[0].http.paths[4]) has no capturing group, so there $2 stands for nothing',
      ]);
      expect(messages('/$4/$1/$3', [['/(a)(b)', 'ImplementationSpecific']])).toEqual([
        'the path "/(a)(b)" (spec.rules[0].http.paths[0]) has 2 capturing groups, so there $3, $4 stands for nothing',
      ]);
      expect(messages('/fixed', [['/d', 'Prefix']])).toEqual([]);
    });

    it('for paths of every type when all of them are expressions', () => {
      const options = { compatibility: 'ingress-nginx' } as const;
      const paths = [
        ['/a(/|$)(.*)', 'Prefix'],
        ['/b/(.*)', 'Exact'],
      ] as const;
      expect(messages('/$2', paths, options)).toEqual([
        'the path "/b/(.*)" (spec.rules[0].http.paths[1]) has 1 capturing group, so there $2 stands for nothing',
      ]);
    });
  });

  it('refuses a host in upper case, and leaves the same one in lower case alone', () => {
    const checked = check({
      rules: [
        { host: 'a.example', paths: [{ path: '/lower' }] },
        { host: 'A.example', paths: [{ path: '/upper' }] },
      ],
    });
    expect(checked.paths).toEqual([['a.example', 'prefix /lower']]);
    expect(checked.problems).toEqual(['HostInvalid spec.rules[1].host']);
  });

  it('serves a wildcard below a whole top-level domain, and says what that takes in', () => {
    const hosts = ['*.com', '*.xn--fiqs8s', '*.example.com', '*.test', 'com', ''];
    const checked = check({ rules: hosts.map((host) => ({ host, paths: [{ path: '/' }] })) });
    expect(checked.paths.map(([host]) => host)).toEqual(hosts);
    expect(checked.problems).toEqual(['WildcardTooWide spec.rules[0].host', 'WildcardTooWide spec.rules[1].host']);
  });

  it.each(['/a+b', '/price$', '/(draft)', '/a^b'])(
    'does not take %s for a regular expression without annotations',
    (path) => {
      expect(onePath(path, 'Prefix').problems).toEqual([]);
    },
  );

  it('refuses an expression that is not safe, and says why', () => {
    const ingress = anIngress({
      annotations: { [`${prefix}/use-regex`]: 'true' },
      rules: [{ paths: [{ path: '/(a+)+', pathType: 'ImplementationSpecific' }] }],
    });
    const { problems, hosts } = checkIngress(ingress, { options: defaultRoutingOptions, settings: defaultSettings });
    expect(hosts).toMatchObject([{ name: '', paths: [] }]);
    expect(problems).toEqual([
      {
        code: 'PathRegexInvalid',
        object: ingress.ref,
        field: 'spec.rules[0].http.paths[0].path',
        message:
          'the path "/(a+)+" cannot be served as a regular expression, because a repeated group holds a quantifier that can take what the next round begins with',
      },
    ]);
  });

  it('drops what is wrong at the smallest scope and gathers every Problem', () => {
    const checked = check({
      rules: [
        { host: 'good.example', paths: [{ path: 'bad' }, { path: '/good' }, { path: '/x', pathType: 'prefix' }] },
        { host: '10.0.0.1', paths: [{ path: '/a%00' }] },
        { host: 'Bad.example', paths: [] },
        { host: 'empty.example', paths: [] },
      ],
    });
    expect(checked.paths).toEqual([['good.example', 'prefix /good'], ['empty.example']]);
    expect(checked.problems).toEqual([
      'PathInvalid spec.rules[0].http.paths[0].path',
      'PathTypeInvalid spec.rules[0].http.paths[2].pathType',
      'HostIsIpAddress spec.rules[1].host',
      'PathInvalid spec.rules[1].http.paths[0].path',
      'HostInvalid spec.rules[2].host',
      'RuleWithoutPaths spec.rules[2]',
      'RuleWithoutPaths spec.rules[3]',
    ]);
  });

  it('keeps the first of two equal paths, over all rules of a host', () => {
    const checked = check({
      rules: [
        { host: 'a.example', paths: [{ path: '/foo' }, { path: '/foo', pathType: 'Exact' }, { path: '/foo/' }] },
        { host: 'b.example', paths: [{ path: '/foo' }] },
        { host: 'a.example', paths: [{ path: '/f%6Fo' }, { path: '/bar' }] },
      ],
    });
    expect(checked.paths).toEqual([
      ['a.example', 'prefix /foo', 'exact /foo', 'prefix /bar'],
      ['b.example', 'prefix /foo'],
    ]);
    expect(checked.problems).toEqual([
      'PathConflict spec.rules[0].http.paths[2]',
      'PathConflict spec.rules[2].http.paths[0]',
    ]);
  });

  it('makes a default backend without rules one of the catch-all host, but never because all rules were wrong', () => {
    expect(check({ defaultBackend: 'tea-svc:80' })).toMatchObject({
      paths: [['']],
      defaultBackend: { field: 'spec.defaultBackend' },
    });
    expect(check({ defaultBackend: 'tea-svc:80', rules: [{ host: '1.2.3.4' }] }).paths).toEqual([]);
    expect(check({ defaultBackend: 'tea-svc:80', rules: [{ host: 'a.example', paths: [] }] }).paths).toEqual([
      ['a.example'],
    ]);
    expect(check({ apiVersion: 'extensions/v1beta1', defaultBackend: 'tea-svc:80' })).toMatchObject({
      defaultBackend: { field: 'spec.backend' },
    });
  });

  it('leaves the hosts of a canary alone, but still says what is wrong with it', () => {
    const checked = check({
      annotations: { [`${prefix}/canary`]: 'true' },
      rules: [{ host: 'a.example', paths: [{ path: 'x' }] }],
    });
    expect(checked.paths).toEqual([]);
    expect(checked.problems).toContain('PathInvalid spec.rules[0].http.paths[0].path');
  });

  it('leaves out what would answer for every host, and nothing else, when told to', () => {
    const shape: IngressShape = {
      defaultBackend: 'tea-svc:80',
      rules: [{ paths: [{ path: '/every' }] }, { host: 'a.example', paths: [{ path: '/one' }] }],
    };
    expect(check(shape, { ignoreCatchAll: true })).toMatchObject({
      paths: [['a.example', 'prefix /one']],
      problems: ['CatchAllDisabled spec.rules[0]', 'CatchAllDisabled spec.defaultBackend'],
    });
    expect(check(shape, { ignoreCatchAll: true })).not.toHaveProperty('defaultBackend');
    const alone = check({ defaultBackend: 'tea-svc:80' }, { ignoreCatchAll: true });
    expect(alone).toMatchObject({ paths: [], problems: ['CatchAllDisabled spec.defaultBackend'] });
    expect(check(shape)).toMatchObject({ problems: [], defaultBackend: {} });
  });
});
