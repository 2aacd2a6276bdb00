import { describe, expect, it } from '@jest/globals';
import { defaultSettings } from '@gatehouse/annotations';
import { anIngress, type IngressShape } from '@gatehouse/testing';
import { defaultRoutingOptions } from '../options.ts';
import { checkIngress } from './check-ingress.ts';

const ALIAS = 'nginx.ingress.kubernetes.io/server-alias';
const field = `metadata.annotations[${ALIAS}]`;

function check(alias: string, shape: IngressShape = {}) {
  const rules = [
    { host: 'a.io', paths: [{ path: '/a' }, { path: '/b' }] },
    { host: 'second.io', paths: [{ path: '/c' }] },
  ];
  const ingress = anIngress({ rules, ...shape, annotations: { ...shape.annotations, [ALIAS]: alias } });
  const { hosts, problems } = checkIngress(ingress, { options: defaultRoutingOptions, settings: defaultSettings });
  return {
    hosts: hosts.map(({ name, paths, tls }) =>
      [name, ...paths.map(({ path }) => path), ...(tls === undefined ? [] : [tls.secret ?? 'default'])].join(' '),
    ),
    fields: hosts.map((host) => host.field),
    problems: problems.map((problem) => `${problem.code} ${problem.field}`),
  };
}

describe('server-alias', () => {
  it('gives the first host further names, each once and none that is a host of the Ingress', () => {
    const checked = check('b.io,*.c.io , second.io,b.io, a.io,');
    expect(checked.hosts).toEqual(['a.io /a /b', 'second.io /c', 'b.io /a /b', '*.c.io /a /b']);
    expect(checked.fields).toEqual(['spec.rules[0].host', 'spec.rules[1].host', field, field]);
    expect(checked.problems).toEqual([]);
  });

  it('has the entry of spec.tls that stands for the name, else that of the first host', () => {
    const tls = [
      { hosts: ['a.io'], secretName: 'a' },
      { hosts: ['b.io', '*.c.io'], secretName: 'b' },
    ];
    expect(check('b.io, x.c.io, d.io', { tls })).toMatchObject({
      hosts: [
        'a.io /a /b default/a',
        'second.io /c',
        'b.io /a /b default/b',
        'x.c.io /a /b default/b',
        'd.io /a /b default/a',
      ],
      problems: [],
    });
  });

  it('leaves out the names that are no hosts, and says so', () => {
    expect(check('b.io, 10.0.0.1, xn--a.io, *.com')).toMatchObject({
      hosts: ['a.io /a /b', 'second.io /c', 'b.io /a /b', '*.com /a /b'],
      problems: [`HostIsIpAddress ${field}`, `HostInvalid ${field}`, `WildcardTooWide ${field}`],
    });
  });

  it.each(['~^www\\d+\\.example\\.com$', 'b.io, ~.*', 'B.io', 'b.io c.io', 'b.io;'])(
    'refuses %j as a whole',
    (alias) => {
      expect(check(alias)).toMatchObject({
        hosts: ['a.io /a /b', 'second.io /c'],
        problems: [`AnnotationInvalid ${field}`],
      });
    },
  );

  it('says that regular expressions are none', () => {
    const ingress = anIngress({ annotations: { [ALIAS]: '~^www' } });
    const { problems } = checkIngress(ingress, { options: defaultRoutingOptions, settings: defaultSettings });
    expect(problems[0]?.message).toContain('regular expressions are not supported, name each host');
  });

  it('does nothing where no host is left, nor for a canary', () => {
    expect(check('b.io', { rules: [{ host: '10.0.0.1' }] }).hosts).toEqual([]);
    expect(check('b.io', { annotations: { 'nginx.ingress.kubernetes.io/canary': 'true' } }).hosts).toEqual([]);
  });

  it('counts as many hosts and paths as it makes', () => {
    const paths = Array.from({ length: 40 }, (_, index) => ({ path: `/${index}` }));
    const names = Array.from({ length: 100 }, (_, index) => `n${index}.io`);
    expect(check(names.join(','), { rules: [{ host: 'a.io', paths }] }).problems).toEqual([
      'IngressTooLarge spec.rules',
    ]);
    expect(check([...names, 'one.more.io'].join(',')).problems).toEqual([`AnnotationInvalid ${field}`]);
  });
});
