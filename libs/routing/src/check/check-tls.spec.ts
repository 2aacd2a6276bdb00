import { describe, expect, it } from '@jest/globals';
import { anIngress } from '@gatehouse/testing';
import { checkTls } from './check-tls.ts';

function check(hosts: readonly string[], tls: NonNullable<Parameters<typeof anIngress>[0]>['tls'] = []) {
  const { byHost, problems } = checkTls(anIngress({ tls }), hosts);
  return {
    secrets: Object.fromEntries([...byHost].map(([host, { secret }]) => [host, secret ?? 'default'])),
    problems: problems.map(({ code, field }) => `${code} ${field}`),
  };
}

describe('checkTls', () => {
  it('gives each host the Secret of the entry that names it, in the namespace of the Ingress', () => {
    expect(
      check(
        ['a.example', 'b.example', 'c.example'],
        [{ hosts: ['a.example'], secretName: 'a' }, { hosts: ['b.example'] }],
      ),
    ).toEqual({ secrets: { 'a.example': 'default/a', 'b.example': 'default' }, problems: [] });
  });

  it('lets a wildcard cover one label', () => {
    expect(check(['a.example.com', 'a.b.example.com'], [{ hosts: ['*.example.com'], secretName: 'w' }])).toEqual({
      secrets: { 'a.example.com': 'default/w' },
      problems: [],
    });
  });

  it('prefers the name to the wildcard, and both to an entry without hosts', () => {
    const tls = [
      { secretName: 'all' },
      { hosts: ['*.example.com'], secretName: 'wild' },
      { hosts: ['a.example.com'], secretName: 'named' },
    ];
    expect(check(['a.example.com', 'b.example.com', ''], tls)).toEqual({
      secrets: { 'a.example.com': 'default/named', 'b.example.com': 'default/wild', '': 'default/all' },
      problems: [],
    });
  });

  it('says so when two entries claim a host in the same way with different Secrets', () => {
    const tls = [
      { hosts: ['a.example'], secretName: 'one' },
      { hosts: ['a.example', 'a.example'], secretName: 'two' },
      { hosts: ['a.example'], secretName: 'one' },
    ];
    expect(check(['a.example'], tls)).toEqual({
      secrets: { 'a.example': 'default/one' },
      problems: ['TlsConflict spec.tls[1].hosts[0]', 'TlsConflict spec.tls[1].hosts[1]'],
    });
  });

  it.each([
    ['entries without hosts', () => ({})],
    ['entries with one wildcard', () => ({ hosts: ['*.example.com'] })],
    ['entries of wildcards that cover nothing', (index: number) => ({ hosts: [`*.w${index}.example.com`] })],
  ])('costs and says as much as there are entries, not entries times hosts: %s', (_, entry) => {
    const hosts = Array.from({ length: 20_000 }, (__, index) => `h${index}.example.com`);
    const tls = hosts.map((__, index) => ({ ...entry(index), secretName: `s${index}` }));
    const { byHost, problems } = checkTls(anIngress({ tls }), hosts);
    expect(byHost.size).toBeLessThanOrEqual(hosts.length);
    expect(problems.length).toBeLessThanOrEqual(tls.length);
  });

  it('tells each entry that comes too late for hosts without one', () => {
    const tls = [{ secretName: 'one' }, { secretName: 'two' }, { secretName: 'one' }];
    expect(check(['a.example', 'b.example'], tls)).toEqual({
      secrets: { 'a.example': 'default/one', 'b.example': 'default/one' },
      problems: ['TlsConflict spec.tls[1].secretName'],
    });
  });

  it('says which hosts have no rule and which are no hosts', () => {
    const tls = [{ hosts: ['a.example', 'other.example', 'A.example', '10.0.0.1', '*.other.example', ''] }];
    expect(check(['a.example'], tls)).toEqual({
      secrets: { 'a.example': 'default' },
      problems: [
        'TlsHostWithoutRule spec.tls[0].hosts[1]',
        'TlsHostInvalid spec.tls[0].hosts[2]',
        'TlsHostInvalid spec.tls[0].hosts[3]',
        'TlsHostWithoutRule spec.tls[0].hosts[4]',
        'TlsHostInvalid spec.tls[0].hosts[5]',
      ],
    });
  });
});
