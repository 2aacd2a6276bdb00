import { describe, expect, it } from '@jest/globals';
import {
  anEndpointSlice,
  anIngress,
  anIngressClass,
  aService,
  snapshotOf,
  type IngressShape,
} from '@gatehouse/testing';
import { defaultRoutingOptions } from '../options.ts';
import { createResolver } from '../resolver.ts';

const prefix = 'nginx.ingress.kubernetes.io';

function routesOf(...ingresses: readonly (IngressShape & { paths: readonly (readonly [string, string])[] })[]) {
  const objects = ingresses.map(({ paths, ...shape }, i) => {
    const rule = { host: 'a.example', paths: paths.map(([path, pathType]) => ({ path, pathType })) };
    return anIngress({ name: `i${i}`, createdAtMs: i, rules: [rule], ...shape });
  });
  const resolver = createResolver({ ...defaultRoutingOptions, compatibility: 'ingress-nginx' });
  const snapshot = snapshotOf([anIngressClass(), aService(), anEndpointSlice(), ...objects]);
  const { model, problems } = resolver.resolve(snapshot, 0);
  const routes = model.hosts.find(({ name }) => name === 'a.example')?.routes ?? [];
  return {
    problems: problems.map(({ code, object, field }) => `${code} ${object.name} ${field}`),
    routes: routes.map(({ match, path, names, policy: { redirect } }) => {
      const location = redirect?.location.map((part) => (part.kind === 'text' ? part.text : `$${part.name}`)).join('');
      return [match, path, names.ingress, ...(redirect ? [redirect.status, location] : [])].join(' ');
    }),
  };
}

const regex = { annotations: { [`${prefix}/use-regex`]: 'true' } };
const rewrite = (target: string) => ({
  annotations: { [`${prefix}/rewrite-target`]: target, [`${prefix}/use-regex`]: 'false' },
});

describe('with --compatibility=ingress-nginx', () => {
  it('one regular expression makes all paths of the host one, those of other Ingresses too', () => {
    const made = routesOf(
      {
        paths: [
          ['/tea', 'Prefix'],
          ['/exact', 'Exact'],
          ['/dir/', 'Prefix'],
          ['/', 'Prefix'],
        ],
      },
      {
        ...regex,
        paths: [
          ['/r(/|$)(.*)', 'ImplementationSpecific'],
          ['/p(/|$)', 'Prefix'],
        ],
      },
    );
    expect(made).toEqual({
      problems: [],
      routes: [
        'regex / i0',
        'regex /dir/ i0',
        'regex /exact i0',
        'regex /p(/|$) i1',
        'regex /r(/|$)(.*) i1',
        'regex /tea i0',
        'regex /tea/ i0',
      ],
    });
  });

  it('leaves the path without slash to an exact one', () => {
    const made = routesOf({ paths: [['/tea', 'Prefix']] }, { ...regex, paths: [['/tea', 'Exact']] });
    expect(made.routes).toEqual(['regex /tea i1', 'regex /tea/ i0']);
  });

  it('a rewrite to another path does so as well, one to the same path does not', () => {
    expect(routesOf({ ...rewrite('/x'), paths: [['/tea', 'Prefix']] }).routes).toEqual(['regex /tea i0']);
    expect(routesOf({ ...rewrite('/tea'), paths: [['/tea', 'Prefix']] }).routes).toEqual(['prefix /tea i0']);
  });

  it('drops a path that is no safe expression, and says whose fault it is not', () => {
    const made = routesOf(
      {
        paths: [
          ['/a(b', 'Prefix'],
          ['/c', 'Prefix'],
        ],
      },
      { ...regex, paths: [['/x', 'Exact']] },
    );
    expect(made.problems).toEqual(['PathRegexInvalid i0 spec.rules[0].http.paths[0].path']);
    expect(made.routes).toEqual(['regex /c i0', 'regex /c/ i0', 'regex /x i1']);
  });

  it('redirects to a prefix that was written with a slash at its end', () => {
    expect(
      routesOf({
        paths: [
          ['/caf%C3%A9 %3F/', 'Prefix'],
          ['/b', 'Prefix'],
          ['/', 'Prefix'],
        ],
      }).routes,
    ).toEqual([
      'prefix / i0',
      'prefix /b i0',
      'exact /café ? i0 301 /caf%C3%A9%20%3F/$is_args$args',
      'prefix /café ? i0',
    ]);
  });

  it('does not redirect where there is an exact path', () => {
    expect(
      routesOf({
        paths: [
          ['/a/', 'Prefix'],
          ['/a', 'Exact'],
        ],
      }).routes,
    ).toEqual(['exact /a i0', 'prefix /a i0']);
  });
});
