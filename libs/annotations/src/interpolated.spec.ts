import { describe, expect, it } from '@jest/globals';
import { ok } from '@gatehouse/core';
import fc from 'fast-check';
import { capturesUsed, fillInterpolated, parseInterpolated, type InterpolatedPart } from './interpolated.ts';
import { describeVariables, variableNames, variablesIn } from './variables.ts';

const text = (value: string): InterpolatedPart => ({ kind: 'text', text: value });
const variable = (name: string): InterpolatedPart => ({ kind: 'variable', name });

describe('interpolated text', () => {
  it.each([
    ['', []],
    ['/a', [text('/a')]],
    ['/$1', [text('/'), variable('1')]],
    ['$host', [variable('host')]],
    ['${host}:8443', [variable('host'), text(':8443')]],
    ['/$12', [text('/'), variable('1'), text('2')]],
    ['/$1$2', [text('/'), variable('1'), variable('2')]],
    ['a$host-b$1', [text('a'), variable('host'), text('-b'), variable('1')]],
  ])('%j is read as its parts', (written, parts) => {
    expect(parseInterpolated(written, ['1', '2', 'host'])).toEqual(ok(parts));
  });

  it.each([
    ['$', 'each $ must be followed by the name of a variable'],
    ['a$$b', 'each $ must be followed by the name of a variable'],
    ['${}', 'each $ must be followed by the name of a variable'],
    ['${host', 'each $ must be followed by the name of a variable'],
    ['$hosts', '$hosts cannot be used here, only $1 to $9, $host'],
    ['$0', '$0 cannot be used here, only $1 to $9, $host'],
    ['$HOST', '$HOST cannot be used here, only $1 to $9, $host'],
    ['$1'.repeat(10), 'it has 10 variables, and 9 are the most'],
  ])('%j is refused', (written, error) => {
    expect(parseInterpolated(written, ['1', 'host'])).toEqual({ ok: false, error });
  });

  it('never leaves a $ in its text, and loses nothing else', () => {
    const written = fc.array(fc.oneof(fc.constantFrom('$', '{', '}', '$1', '${host}', '$host', '1'), fc.string()), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(written, (pieces) => {
        const result = parseInterpolated(pieces.join(''), ['1', 'host']);
        fc.pre(result.ok);
        expect(result.value.some((part) => part.kind === 'text' && part.text.includes('$'))).toBe(false);
        const again = fillInterpolated(result.value, (name) => `\${${name}}`);
        expect(parseInterpolated(again, ['1', 'host'])).toEqual(result);
        expect(again.replaceAll(/\$\{(\w+)\}/g, '$$$1')).toBe(pieces.join('').replaceAll(/\$\{(\w+)\}/g, '$$$1'));
      }),
    );
  });

  it('knows the captures that it uses', () => {
    expect(capturesUsed([variable('9'), text('/1'), variable('host'), variable('2'), variable('9')])).toEqual([2, 9]);
    expect(capturesUsed([])).toEqual([]);
  });
});

describe('the variables', () => {
  it('are listed once each', () => {
    expect(variableNames).toEqual([...new Set(Object.values(variablesIn).flat())]);
    expect(variableNames.every((name) => /^([1-9]|[a-z_]+)$/.test(name))).toBe(true);
  });

  it('are told without nine captures in a row', () => {
    expect(describeVariables(['1', '9', 'host'])).toBe('$1 to $9, $host');
    expect(describeVariables(['host', 'args'])).toBe('$host, $args');
  });
});
