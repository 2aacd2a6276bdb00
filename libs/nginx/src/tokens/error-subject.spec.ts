import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { errorSubject } from './own-names.ts';
import { NginxToken, TokenRefused } from './token.ts';

const names = fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 4, maxLength: 4 });

describe('what an error is about', () => {
  it('has any name as one segment that neither leads upwards nor is expanded', () => {
    fc.assert(
      fc.property(names, ([namespace = '', ingress = '', service = '', port = '']) => {
        const all = [namespace, ingress, service, port] as const;
        const subject = { way: 'anew', backend: 'default', reason: 'no-endpoints', names: all } as const;
        const printed = NginxToken.print(errorSubject(subject));
        const start = '"/anew/default/no-endpoints/';
        expect(printed.startsWith(start) && printed.endsWith('"')).toBe(true);
        const segments = printed.slice(start.length, -1);
        expect(segments).toMatch(/^[\w%.!~*'()/-]*$/);
        expect(segments.split('/').map(decodeURIComponent)).toEqual(
          all.map((name) => (/^\.*$/.test(name) ? '-' : name)),
        );
      }),
    );
  });

  it.each([['\ud800'], ['x'.repeat(4001)]])('takes no text that cannot be in a file', (name) => {
    const subject = { way: 'once', backend: 'default', reason: undefined, names: [name, '', '', ''] } as const;
    expect(() => errorSubject(subject)).toThrow(TokenRefused);
  });
});
