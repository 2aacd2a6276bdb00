import { describe, expect, it } from '@jest/globals';
import { matchesRequest } from './matches-request.ts';
import { aHost, aModel, aRoute } from './model.ts';

const model = aModel([
  aHost({ name: '', routes: [aRoute({ path: '/any' })] }),
  aHost({
    name: 'a.example',
    routes: [
      aRoute({ match: 'exact', path: '/foo' }),
      aRoute({ match: 'prefix', path: '/foo' }),
      aRoute({ match: 'prefix', path: '/foo/bar' }),
      aRoute({ match: 'regex', path: '/r/[0-9]+' }),
      aRoute({ match: 'prefix', path: '/r' }),
      aRoute({ match: 'regex', path: '/e/[ab]' }),
      aRoute({ match: 'regex', path: '/e/[bc]' }),
      aRoute({ match: 'regex', path: '/s' }),
      aRoute({ match: 'prefix', path: '/s' }),
    ],
  }),
  aHost({ name: '*.example', routes: [aRoute({ path: '/' })] }),
]);

describe('matchesRequest', () => {
  it.each([
    ['a.example', '/foo', 'exact /foo'],
    ['A.Example:8080', '/f%6Fo', 'exact /foo'],
    ['a.example', '/foo/', 'prefix /foo'],
    ['a.example', '/foobar', 'not-found'],
    ['a.example', '//foo/x/../bar/', 'prefix /foo/bar'],
    ['a.example', '/foo/bar/..', 'prefix /foo'],
    ['a.example', '/R/12x', 'regex /r/[0-9]+'],
    ['a.example', '/r/x', 'prefix /r'],
    ['a.example', '/e/a', 'regex /e/[ab]'],
    ['a.example', '/e/b', 'regex /e/[bc]'],
    ['a.example', '/s', 'prefix /s'],
    ['a.example', '/sx', 'regex /s'],
    ['b.example', '/x', 'prefix /'],
    ['c.b.example', '/any', 'prefix /any'],
    ['', '/', 'not-found'],
  ])('answers %s%s with %s', (host, target, expected) => {
    const answer = matchesRequest(model, host, target);
    expect(answer.kind === 'route' ? `${answer.route.match} ${answer.route.path}` : answer.kind).toBe(expected);
  });
});
