import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { errorPageUrl } from './own-names.ts';
import { NginxToken, TokenRefused } from './token.ts';

const names = fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 4, maxLength: 4 });

describe('where a page is asked for', () => {
  it('has any name as one segment that neither leads upwards nor is expanded', () => {
    fc.assert(
      fc.property(names, ([namespace = '', ingress = '', service = '', port = '']) => {
        const all = [namespace, ingress, service, port] as const;
        const printed = NginxToken.print(errorPageUrl({ backend: 'default', reason: 'no-endpoints', names: all }));
        const start = '"http://gatehouse_errors/default/$status/$gatehouse_error_reason/no-endpoints/';
        const end = '$request_uri"';
        expect(printed.startsWith(start) && printed.endsWith(end)).toBe(true);
        const segments = printed.slice(start.length, -end.length);
        expect(segments).toMatch(/^[\w%.!~*'()/-]*$/);
        expect(segments.split('/').map(decodeURIComponent)).toEqual(
          all.map((name) => (/^\.*$/.test(name) ? '-' : name)),
        );
      }),
    );
  });

  it.each([['\ud800'], ['x'.repeat(4001)]])('takes no text that cannot be in a file', (name) => {
    const url = () => errorPageUrl({ backend: 'default', reason: undefined, names: [name, '', '', ''] });
    expect(url).toThrow(TokenRefused);
  });
});
