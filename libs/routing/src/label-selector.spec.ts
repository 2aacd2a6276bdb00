import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesLabels, parseLabelSelector, type LabelSelector } from './label-selector.ts';

function selects(text: string, labels: Readonly<Record<string, string>>): boolean {
  const parsed = parseLabelSelector(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return matchesLabels(parsed.value, new Map(Object.entries(labels)));
}

describe('label selectors', () => {
  it.each([
    ['a=b', { a: 'b' }, true],
    ['a==b', { a: 'b' }, true],
    ['a = b', { a: 'b' }, true],
    ['a=b', { a: 'c' }, false],
    ['a=b', {}, false],
    ['a=', { a: '' }, true],
    ['a!=b', { a: 'c' }, true],
    ['a!=b', {}, true],
    ['a!=b', { a: 'b' }, false],
    ['a', { a: '' }, true],
    ['a', {}, false],
    ['!a', {}, true],
    ['! a', { a: 'b' }, false],
    ['e in (x,y)', { e: 'y' }, true],
    ['e in ( x , y )', { e: 'z' }, false],
    ['e in (x)', {}, false],
    ['e notin (x,y)', { e: 'z' }, true],
    ['e notin (x,y)', {}, true],
    ['e notin (x,y)', { e: 'x' }, false],
    ['in in (in)', { in: 'in' }, true],
    ['n>1', { n: '2' }, true],
    ['n>1', { n: '1' }, false],
    ['n<10', { n: '9' }, true],
    ['n<10', { n: 'x' }, false],
    ['a=b,c!=d,e in (x,y),!f', { a: 'b', e: 'x' }, true],
    ['a=b,c!=d,e in (x,y),!f', { a: 'b', e: 'x', f: '' }, false],
    ['kubernetes.io/metadata.name=team-a', { 'kubernetes.io/metadata.name': 'team-a' }, true],
  ])('%s on %j: %s', (text, labels, expected) => {
    expect(selects(text, labels)).toBe(expected);
  });

  it.each([
    ['', /^"" has no key/],
    ['a=b,', /^"" has no key/],
    ['a=b c', /^"a=b c" has no key/],
    ['-a', /no key/],
    ['a/b/c=d', /no key/],
    ['UPPER/a=b', /no key/],
    ['a=-b', /value/],
    [`a=${'x'.repeat(64)}`, /value/],
    ['a in x', /no key/],
    ['a in (x', /no key/],
    ['a in (x,(y))', /no key/],
    ['a>x', /whole number/],
    ['=b', /no key/],
  ])('refuses %j', (text, error) => {
    const parsed = parseLabelSelector(text);
    expect(parsed).toMatchObject({ ok: false, error: expect.stringMatching(error) });
  });

  it('read back what was printed', () => {
    const name = fc.stringMatching(/^[a-z0-9]([a-z0-9_.-]{0,10}[a-z0-9])?$/);
    const values = fc.array(name, { minLength: 1, maxLength: 3 });
    const requirement = fc.oneof(
      fc.record({ kind: fc.constantFrom('exists' as const, 'absent' as const), key: name }),
      fc.record({ kind: fc.constantFrom('in' as const, 'notIn' as const), key: name, values }),
      fc.record({ kind: fc.constantFrom('greater' as const, 'less' as const), key: name, than: fc.bigInt(-99n, 99n) }),
    );
    fc.assert(
      fc.property(fc.array(requirement, { minLength: 1, maxLength: 4 }), (selector) => {
        expect(parseLabelSelector(selector.map(print).join(' , '))).toEqual({ ok: true, value: selector });
      }),
    );
  });

  it('answer for any text, and select nothing that their parts do not', () => {
    const alphabet = fc.string({ unit: fc.constantFrom('a', '=', '!', ',', '(', ')', ' ', 'in ', '<', '/', '.') });
    fc.assert(
      fc.property(fc.oneof(fc.string(), alphabet), (text) => {
        const parsed = parseLabelSelector(text);
        if (parsed.ok) expect(parsed.value.length).toBeGreaterThan(0);
        else expect(parsed.error).not.toMatch(/\n/);
      }),
    );
  });
});

function print(requirement: LabelSelector[number]): string {
  switch (requirement.kind) {
    case 'exists':
      return requirement.key;
    case 'absent':
      return `!${requirement.key}`;
    case 'in':
      return `${requirement.key} in (${requirement.values.join(', ')})`;
    case 'notIn':
      return `${requirement.key} notin (${requirement.values.join(',')})`;
    case 'greater':
      return `${requirement.key} > ${requirement.than}`;
    case 'less':
      return `${requirement.key}<${requirement.than}`;
  }
}
