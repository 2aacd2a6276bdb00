import { describe, expect, it } from '@jest/globals';
import { objectKey, problemTable } from '@gatehouse/core';
import { aConfigMap } from '@gatehouse/testing';
import fc from 'fast-check';
import { isExempt, modeOf, noPolicy, ownershipModeOf, ruleCodes } from './operator-policy.ts';
import { policyKeyNames, readPolicy } from './read-policy.ts';

function read(data: Readonly<Record<string, string>>) {
  const { policy, problems } = readPolicy(aConfigMap({ name: 'policy', data }));
  return { policy, faults: problems.map(({ field, message }) => `${field}: ${message}`), problems };
}

const ingress = (namespace: string, name = 'web') => ({ kind: 'Ingress', namespace, name }) as const;

describe('the policy ConfigMap', () => {
  it.each([['missing', undefined] as const, ['empty', aConfigMap()] as const])(
    'is off when it is %s',
    (_, configMap) => {
      expect(readPolicy(configMap)).toEqual({ policy: noPolicy, problems: [] });
    },
  );

  it('says who owns what, line by line', () => {
    const { policy, faults } = read({
      'host-ownership': 'enforce\n',
      'host-owners': `
        # the shops
        shop.example.com: shop, shop-test
        pay.example.com: {team=pay, env in (live,test)}, audit
        *: platform`,
      'host-owner-label-prefix': 'hosts.example.org',
      'unowned-hosts': 'deny',
      'acme-solver-namespaces': 'cert-manager\nother, third',
    });
    expect(faults).toEqual([]);
    expect(policy).toMatchObject({ ownership: 'enforce', labelPrefix: 'hosts.example.org', unownedHosts: 'deny' });
    expect([...policy.owners]).toEqual([
      ['shop.example.com', { namespaces: ['shop', 'shop-test'], selectors: [] }],
      [
        'pay.example.com',
        {
          namespaces: ['audit'],
          selectors: [
            [
              { kind: 'in', key: 'team', values: ['pay'] },
              { kind: 'in', key: 'env', values: ['live', 'test'] },
            ],
          ],
        },
      ],
      ['*', { namespaces: ['platform'], selectors: [] }],
    ]);
    expect(policy.acmeSolvers).toEqual(new Set(['cert-manager', 'other', 'third']));
    expect(policy.isUnclear).toBe(false);
  });

  it('takes * for every namespace of solvers', () => {
    expect(read({ 'acme-solver-namespaces': ' * ' }).policy.acmeSolvers).toBe('all');
  });

  it('says how strict each rule is, in each namespace', () => {
    const { policy, faults } = read({
      'host-ownership': 'warn',
      modes: `PathConflict: warn
              HostNotOwned in shop, pay: enforce
              PathConflict in shop: audit
              ServiceMissing: enforce`,
      exemptions: `legacy/old: PathConflict, HostNotOwned
                   legacy/older: *`,
    });
    expect(faults).toEqual([]);
    expect(modeOf(policy, 'PathConflict', 'pay')).toBe('warn');
    expect(modeOf(policy, 'PathConflict', 'shop')).toBe('audit');
    expect(modeOf(policy, 'ServiceMissing', 'shop')).toBe('enforce');
    expect(modeOf(policy, 'HostInvalid', 'shop')).toBeUndefined();
    expect(ownershipModeOf(policy, ingress('shop'))).toBe('enforce');
    expect(ownershipModeOf(policy, ingress('other'))).toBe('warn');
    expect(ownershipModeOf(policy, ingress('legacy', 'old'))).toBe('off');
    expect(isExempt(policy, 'ServiceMissing', ingress('legacy', 'old'))).toBe(false);
    expect(isExempt(policy, 'ServiceMissing', ingress('legacy', 'older'))).toBe(true);
    expect(isExempt(policy, 'ServiceMissing', { kind: 'Service', namespace: 'legacy', name: 'older' })).toBe(false);
  });

  it.each([
    ['host-ownership', 'Enforce', '"Enforce" is none of off, audit, enforce, warn'],
    ['unowned-hosts', 'maybe', '"maybe" is none of allow, deny'],
    ['host-owners', '\nshop.example.com shop', 'line 2: "shop.example.com shop" has no colon; a line is SUFFIX'],
    [
      'host-owners',
      'Shop.Example.com: shop',
      'line 1: "Shop.Example.com" is no suffix such as shop.example.com: it has upp',
    ],
    ['host-owners', 'shop.example.com.: shop', 'it ends in a dot'],
    ['host-owners', '*.shop.example.com: shop', 'leave the *. out, since a suffix covers all names below it'],
    ['host-owners', 'büro.example.com: shop', 'it has characters other than letters, digits, hyphens and dots'],
    ['host-owners', '10.0.0.1: shop', 'it is an IP address, and only names are allowed'],
    ['host-owners', ': shop', 'it is empty'],
    ['host-owners', 'a.example: shop, Pay', '"Pay" is neither the name of a namespace nor a label selector in braces'],
    ['host-owners', 'a.example: shop,', 'an owner is missing'],
    ['host-owners', 'a.example: {team=pay', '"{team=pay" has no closing brace'],
    ['host-owners', 'a.example: {}', 'the label selector "" has no key that a label can have'],
    ['host-owners', 'a.example: a\na.example: b', 'line 2: "a.example" has its owners from an earlier line'],
    ['host-owner-label-prefix', 'kubernetes.io', 'since Kubernetes has labels of its own there'],
    ['host-owner-label-prefix', 'a/b', '"a/b" is no prefix of labels such as hosts.example.org'],
    ['acme-solver-namespaces', 'a, *', 'line 1: "*" is not the name of a namespace; give names, or * alone'],
    [
      'modes',
      'PathConflct: warn',
      '"PathConflct" is not the code of a Problem that admission tells; the nearest is PathConflict',
    ],
    ['modes', 'PathConflict: off', '"off" is none of audit, enforce, warn'],
    ['modes', 'CertificateExpired: enforce', 'is not the code of a Problem that admission tells'],
    ['modes', 'PolicyInvalid: warn', 'is not the code of a Problem that admission tells'],
    ['modes', 'HostNotOwned: warn', 'the key host-ownership gives the mode of HostNotOwned'],
    ['modes', 'PathConflict of a: warn', 'after PathConflict comes a colon, or "in" and namespaces'],
    ['modes', 'PathConflict in: warn', '"" is not the name of a namespace'],
    [
      'modes',
      'PathConflict: warn\nPathConflict: audit',
      'line 2: an earlier line gives the mode of PathConflict there',
    ],
    ['exemptions', 'web: *', '"web" is not NAMESPACE/NAME of an Ingress'],
    ['exemptions', 'a/b/c: *', '"a/b/c" is not NAMESPACE/NAME of an Ingress'],
    ['exemptions', 'a/b: Nope', '"Nope" is not the code of a Problem that admission tells'],
    ['host-owner', 'a: b', 'no key "host-owner" exists; the nearest is host-owners'],
    ['__proto__', 'a', 'no key "__proto__" exists'],
  ])('refuses %s: %j', (key, text, reason) => {
    const { problems } = readPolicy(aConfigMap({ data: Object.fromEntries([[key, text]]) }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'PolicyInvalid', field: `data[${key}]` });
    expect(problems[0]?.message).toContain(reason);
  });

  it('closes what a broken line is about, and all that nobody owns when that cannot be told', () => {
    const nobody = { namespaces: [], selectors: [] };
    const { policy } = read({ 'host-owners': '*.Shop.example.com.: shop\na.example: Pay\nb.example: b, {' });
    expect([...policy.owners]).toEqual([
      ['shop.example.com', nobody],
      ['a.example', nobody],
      ['b.example', { namespaces: ['b'], selectors: [] }],
    ]);
    expect(policy.isUnclear).toBe(false);
    for (const text of ['shop.example.com shop', 'büro.example: a', 'https://shop.example.com: shop', 'a.b:80: a']) {
      expect(read({ 'host-owners': text }).policy.isUnclear).toBe(true);
    }
    expect(read({ 'host-owner-label-prefix': '' }).policy.isUnclear).toBe(true);
    expect(read({ 'host-ownership': 'enfroce' }).policy.ownership).toBe('enforce');
    expect(read({ 'unowned-hosts': '' }).policy.unownedHosts).toBe('deny');
  });

  it('tells the first twenty faults of a key and counts the others', () => {
    const { faults } = read({ 'host-owners': 'nonsense\n'.repeat(1000) });
    expect(faults).toHaveLength(21);
    expect(faults.at(-1)).toBe('data[host-owners]: 980 more lines cannot be read');
  });

  it('reads whatever stands in it, says one sentence about each fault, and gives nothing away that is not written', () => {
    const word = fc.constantFrom(
      'a.example',
      'shop',
      '*',
      '{a=b}',
      ':',
      ',',
      '\n',
      ' ',
      'in',
      'PathConflict',
      'warn',
      '/',
      '{',
      '#',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word, { maxLength: 30 }).map((words) => words.join('')),
    );
    const data = fc.dictionary(fc.oneof(fc.constantFrom(...policyKeyNames), fc.string()), text, { maxKeys: 7 });
    fc.assert(
      fc.property(data, (entries) => {
        const { policy, problems } = readPolicy(aConfigMap({ data: entries }));
        for (const { message } of problems) {
          expect(message).not.toMatch(/[\n\p{Cc}]|\.$/u);
        }
        const written = entries['host-owners'] ?? '';
        for (const { namespaces } of policy.owners.values()) {
          for (const namespace of namespaces) expect(written).toContain(namespace);
        }
      }),
    );
  });

  it('reads 10,000 lines, and lines without end, in linear time', () => {
    const lines = Array.from(
      { length: 10_000 },
      (_, index) => `h${index}.example.com: team-${index}, {team=t${index}}`,
    );
    expect(read({ 'host-owners': lines.join('\n') }).policy.owners.size).toBe(10_000);
    for (const part of ['a.', ',', '{', 'x ', ': ', '(,)']) {
      const long = `a.example: ${part.repeat(300_000)}`;
      const begin = performance.now();
      for (const key of policyKeyNames) read({ [key]: long });
      expect(performance.now() - begin).toBeLessThan(2000);
    }
  });
});

describe('the codes that a mode may be for', () => {
  it('are those that admission tells, but for what the policy itself decides', () => {
    expect(ruleCodes).toContain('HostNotOwned');
    expect(ruleCodes).not.toContain('HostNotOwnedYet');
    expect(ruleCodes).not.toContain('PolicyInvalid');
    for (const code of ruleCodes) expect(problemTable[code].admission).not.toBe('silent');
  });

  it('has exemptions by the key of an object', () => {
    expect(read({ exemptions: 'a/b: *' }).policy.exemptions.get(objectKey('a', 'b'))).toBe('all');
  });
});
