import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { objectKey } from '@gatehouse/core';
import { aSecret, resolveObjects } from '@gatehouse/testing';
import { readTicketKeys } from './read-ticket-keys.ts';

const [a, b, c] = [randomBytes(80), randomBytes(48), randomBytes(80)];
const read = (data: Readonly<Record<string, string | Uint8Array>>) => readTicketKeys(aSecret({ data }));
const keysOf = (data: Readonly<Record<string, string | Uint8Array>>): readonly Uint8Array[] => {
  const keys = read(data);
  if (!keys.ok) throw new Error(keys.error);
  return keys.value.map(({ key }) => key);
};

describe('keys of session tickets', () => {
  it('begin with the one that seals, wherever it stands', () => {
    expect(keysOf({ previous: a, next: b, current: c })).toEqual([c, b, a]);
    expect(keysOf({ current: b, another: 'x' })).toEqual([b]);
  });

  it('stand once each', () => {
    expect(keysOf({ current: a, next: a, previous: b })).toEqual([a, b]);
  });

  it.each<[string, Readonly<Record<string, string | Uint8Array>>, string]>([
    ['without a current one', { next: a }, 'lacks current'],
    ['of another length', { current: randomBytes(32) }, 'has a key current that has 32 bytes; 48 or 80 it must be'],
    ['of another length beside it', { current: a, next: '' }, 'has a key next that has 0 bytes; 48 or 80 it must be'],
    [
      'as text',
      { current: randomBytes(24).toString('hex') },
      'has a key current that is text; random bytes it must be',
    ],
  ])('are none %s', (_, data, error) => {
    expect(read(data)).toEqual({ ok: false, error });
  });

  it('are not used, and that is said, as long as the settings have no tickets', () => {
    const options = { sessionTicketSecret: objectKey('default', 'tickets') };
    const { model, resolution } = resolveObjects([aSecret({ name: 'tickets', data: { current: a } })], options);
    expect(model.sessionTicketKeys).toBeUndefined();
    expect(resolution.problems.map(({ code, message }) => [code, message])).toEqual([
      [
        'SessionTicketKeysUnusable',
        expect.stringContaining('is not used: the settings ConfigMap does not say ssl-session-tickets: "true"'),
      ],
    ]);
  });

  it('are never in what is said about them', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 80, unit: fc.constantFrom('Q', 'X', '#', '~') }), (text) => {
        const keys = read({ current: text });
        expect(keys.ok ? '' : keys.error).not.toContain(text.slice(0, 8));
      }),
    );
  });
});
