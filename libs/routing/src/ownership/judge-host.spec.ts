import { describe, expect, it } from '@jest/globals';
import { aNamespace, anIngress } from '@gatehouse/testing';
import { delegating, judge, prefix, shopOwns, wish } from '@gatehouse/testing/ownership';

describe('host ownership, enforced', () => {
  it('leaves out what another namespace brings, even when it is older, and says to whom the host belongs', () => {
    const { routes, problems, messages } = judge(shopOwns, [
      wish({ namespace: 'shop', host: 'shop.example.com', createdAtMs: 9 }),
      wish({ namespace: 'evil', host: 'shop.example.com', createdAtMs: 1 }),
    ]);
    expect(routes).toEqual(['shop.example.com / shop']);
    expect(problems).toEqual(['HostNotOwned evil/web']);
    expect(messages).toEqual([
      'spec.rules[0].host: host "shop.example.com" belongs to namespace shop by the suffix "shop.example.com", so nothing of namespace evil is served there',
    ]);
  });

  it('gives no certificate, default backend or app-root of others to a host', () => {
    const { host } = judge(shopOwns, [
      wish({ namespace: 'shop', host: 'shop.example.com', path: '/a' }),
      wish({
        namespace: 'evil',
        host: 'shop.example.com',
        tls: [{ hosts: ['shop.example.com'] }],
        defaultBackend: 'tea-svc:80',
        annotations: { [`${prefix}/app-root`]: '/evil' },
      }),
    ]);
    expect(host('shop.example.com')).toMatchObject({ hasTls: false });
    expect(host('shop.example.com')).not.toHaveProperty('appRoot');
    expect(host('shop.example.com')).not.toHaveProperty('fallback');
  });

  it('does not even let a host be there that only others name: it would hide the wildcard of the owner', () => {
    const { hosts } = judge(shopOwns, [
      wish({ namespace: 'shop', host: '*.shop.example.com' }),
      wish({ namespace: 'evil', host: 'x.shop.example.com' }),
    ]);
    expect(hosts).toEqual(['', '*.shop.example.com']);
  });

  it.each([
    ['shop.example.com', true],
    ['a.shop.example.com', true],
    ['a.b.shop.example.com', true],
    ['*.shop.example.com', true],
    ['xshop.example.com', false],
    ['example.com', false],
    ['shop.example.com.evil.net', false],
    ['shop-example.com', false],
  ])('of shop.example.com covers %s: %s', (host, isOwned) => {
    expect(judge(shopOwns, [wish({ namespace: 'evil', host })]).routes).toEqual(isOwned ? [] : [`${host} / evil`]);
    expect(judge(shopOwns, [wish({ namespace: 'shop', host })]).problems).toEqual([]);
  });

  it('lets the most specific suffix decide', () => {
    const owners = { 'host-owners': 'example.com: web\npay.example.com: pay\n*: platform' };
    const all = ['web', 'pay', 'platform'].flatMap((namespace) =>
      ['a.example.com', 'pay.example.com', 'x.pay.example.com', 'other.net'].map((host, at) =>
        wish({ namespace, host, name: `i${at}` }),
      ),
    );
    expect(judge(owners, all).routes).toEqual([
      'a.example.com / web',
      'other.net / platform',
      'pay.example.com / pay',
      'x.pay.example.com / pay',
    ]);
  });

  it('keeps a host that nobody owns for nobody when the policy says so', () => {
    const wishes = [wish({ namespace: 'a', host: 'free.net' })];
    expect(judge(shopOwns, wishes).routes).toEqual(['free.net / a']);
    const { routes, messages } = judge({ ...shopOwns, 'unowned-hosts': 'deny' }, wishes);
    expect(routes).toEqual([]);
    expect(messages[0]).toContain('host "free.net" belongs to nobody by the policy');
  });

  it('closes what nobody owns while a line cannot be read', () => {
    const wishes = [wish({ namespace: 'a', host: 'free.net' }), wish({ namespace: 'shop', host: 'shop.example.com' })];
    const { routes, problems } = judge({ 'host-owners': 'shop.example.com: shop\nfree net: b' }, wishes);
    expect(routes).toEqual(['shop.example.com / shop']);
    expect(problems).toEqual(['PolicyInvalid ops/policy', 'HostNotOwned a/web']);
  });

  it('refuses a wildcard that covers a host of others, unless the name above is owned', () => {
    const wildcard = (namespace: string) => wish({ namespace, host: '*.example.com' });
    expect(judge(shopOwns, [wildcard('evil')]).messages).toEqual([
      'spec.rules[0].host: host "*.example.com" covers "shop.example.com", which belongs to namespace shop, so nothing of namespace evil is served there',
    ]);
    expect(judge(shopOwns, [wildcard('shop')]).problems).toEqual([]);
    expect(judge({ 'host-owners': 'shop.example.com: shop\nexample.com: web' }, [wildcard('web')]).problems).toEqual(
      [],
    );
    // Exactly one label: a.shop.example.com is not covered by *.example.com.
    expect(judge({ 'host-owners': 'a.shop.example.com: shop' }, [wildcard('evil')]).problems).toEqual([]);
  });

  it.each([
    ['a rule without a host', wish({ namespace: 'evil' })],
    ['a default backend alone', anIngress({ namespace: 'evil', name: 'web', defaultBackend: 'tea-svc:80' })],
  ])('refuses %s while anything is owned by others', (_, ingress) => {
    expect(judge(shopOwns, [ingress]).problems).toEqual(['HostNotOwned evil/web']);
    expect(judge(shopOwns, [ingress]).host('')).toMatchObject({ routes: [] });
    expect(judge(shopOwns, [ingress]).host('')).not.toHaveProperty('fallback');
    expect(judge({}, [ingress]).problems).toEqual([]);
    expect(judge({ 'host-owners': 'a.net: evil\nb.net: evil, b' }, [ingress]).problems).toEqual([]);
    expect(judge({ 'host-owners': 'a.net: shop\n*: evil' }, [ingress]).problems).toEqual([]);
    expect(judge({ 'host-owners': 'a.net: evil\n*: shop' }, [ingress]).problems).toEqual(['HostNotOwned evil/web']);
  });
});

describe('owners by label', () => {
  const labelled = { 'host-owner-label-prefix': 'hosts.example.org' };
  const owning = (name: string, ...values: readonly string[]) =>
    aNamespace({ name, labels: Object.fromEntries(values.map((value, at) => [`hosts.example.org/h${at}`, value])) });

  it('are the namespaces that a selector selects, now', () => {
    const policy = { 'host-owners': 'pay.example.com: {team=pay}' };
    const wishes = [wish({ namespace: 'a', host: 'pay.example.com' })];
    const labels = { team: 'pay' };
    expect(judge(policy, [...wishes, aNamespace({ name: 'a', labels })]).problems).toEqual([]);
    expect(judge(policy, [...wishes, aNamespace({ name: 'a' })]).problems).toEqual(['HostNotOwned a/web']);
    // Without its object a namespace has no labels; the suffix belongs to nobody then, and is not free.
    expect(judge(policy, wishes).messages[0]).toContain('belongs to nobody by the suffix "pay.example.com"');
  });

  it('own what each of their labels says', () => {
    const namespaces = [owning('shop', 'shop.example.com', 'shop.example.org'), owning('evil')];
    const { routes } = judge(labelled, [
      ...namespaces,
      ...['shop', 'evil'].flatMap((namespace) => [
        wish({ namespace, name: 'one', host: 'a.shop.example.com', path: `/${namespace}` }),
        wish({ namespace, name: 'two', host: 'shop.example.org', path: `/${namespace}` }),
      ]),
    ]);
    expect(routes).toEqual(['a.shop.example.com /shop shop', 'shop.example.org /shop shop']);
  });

  it('cannot take a suffix that the list gives to others', () => {
    const policy = { ...labelled, ...shopOwns };
    const { problems } = judge(policy, [
      owning('evil', 'shop.example.com'),
      wish({ namespace: 'evil', host: 'shop.example.com' }),
    ]);
    expect(problems).toEqual(['HostNotOwned evil/web']);
  });

  it.each(['', '.', 'Shop.example.com', 'a..b', '-a.example', 'a_b.example', '10.0.0.1', 'a.example.', '*'])(
    'own nothing by the value %j, which is told',
    (value) => {
      const { problems, messages } = judge(labelled, [
        owning('a', value),
        wish({ namespace: 'b', host: 'shop.example.com' }),
      ]);
      expect(problems).toEqual(['HostOwnerLabelInvalid /a']);
      expect(messages[0]).toMatch(/^metadata\.labels\[hosts\.example\.org\/h0\]: the value ".*" is no host name/);
    },
  );
});

describe('delegation', () => {
  const owner = (to: string, host = 'shop.example.com') =>
    wish({ namespace: 'shop', host, annotations: delegating(to) });

  it('gives exactly the hosts of that Ingress to exactly those namespaces', () => {
    const others = (host: string) =>
      ['b', 'c', 'd'].map((namespace) => wish({ namespace, host, path: `/${namespace}`, name: host.slice(0, 1) }));
    const { routes } = judge(shopOwns, [owner('b, c'), ...others('shop.example.com'), ...others('a.shop.example.com')]);
    expect(routes).toEqual(['shop.example.com / shop', 'shop.example.com /b b', 'shop.example.com /c c']);
  });

  it('cannot be passed on by a delegate, nor made by somebody who owns nothing', () => {
    const { routes, problems } = judge(shopOwns, [
      owner('b'),
      wish({ namespace: 'b', host: 'shop.example.com', path: '/b', annotations: delegating('c') }),
      wish({ namespace: 'c', host: 'shop.example.com', path: '/c', annotations: delegating('c') }),
    ]);
    expect(routes).toEqual(['shop.example.com / shop', 'shop.example.com /b b']);
    expect(problems).toEqual(['AnnotationWithoutEffect b/web', 'AnnotationWithoutEffect c/web', 'HostNotOwned c/web']);
  });

  it('is of no use from an Ingress that is exempt or only warned', () => {
    const wishes = ['b', 'c'].map((namespace) =>
      wish({ namespace, host: 'shop.example.com', path: `/${namespace}`, annotations: delegating('c') }),
    );
    expect(judge({ ...shopOwns, exemptions: 'b/web: HostNotOwned' }, wishes).routes).toEqual(['shop.example.com /b b']);
    expect(judge({ ...shopOwns, modes: 'HostNotOwned in b: warn' }, wishes).routes).toEqual(['shop.example.com /b b']);
  });

  it('makes guests, who give way to the owners however old they are', () => {
    const guest = wish({ namespace: 'b', host: 'shop.example.com', path: '/', createdAtMs: 0 });
    const host = { ...owner('b'), createdAtMs: 9 };
    const enforced = judge(shopOwns, [guest, host]);
    expect(enforced.routes).toEqual(['shop.example.com / shop']);
    expect(enforced.problems).toEqual(['PathConflict b/web']);
    expect(enforced.messages).toEqual([
      'spec.rules[0].http.paths[0]: the path "/" of host "shop.example.com" belongs to Ingress shop/web, whose namespace owns the host',
    ]);
    const warned = judge({ ...shopOwns, 'host-ownership': 'warn' }, [guest, host]);
    expect(warned.routes).toEqual(['shop.example.com / b']);
  });

  it('ends with the annotation', () => {
    const wishes = [wish({ namespace: 'b', host: 'shop.example.com', path: '/b' })];
    expect(judge(shopOwns, [owner('b'), ...wishes]).problems).toEqual([]);
    expect(judge(shopOwns, wishes).problems).toEqual(['HostNotOwned b/web']);
  });
});

describe('modes', () => {
  const wishes = [
    wish({ namespace: 'shop', host: 'shop.example.com', createdAtMs: 9 }),
    wish({ namespace: 'evil', host: 'shop.example.com', path: '/evil' }),
  ];

  it.each(['audit', 'warn'])('%s serves and tells', (mode) => {
    const { routes, problems, messages } = judge({ ...shopOwns, 'host-ownership': mode }, wishes);
    expect(routes).toEqual(['shop.example.com / shop', 'shop.example.com /evil evil']);
    expect(problems).toEqual(['HostNotOwnedYet evil/web']);
    expect(messages[0]).toMatch(/so what namespace evil brings to it will be left out when the policy is enforced$/);
  });

  it('off says nothing, whatever else the policy says', () => {
    const policy = { ...shopOwns, 'host-ownership': 'off', modes: 'HostNotOwned in evil: enforce' };
    expect(judge(policy, wishes)).toMatchObject({
      problems: [],
      routes: expect.arrayContaining(['shop.example.com /evil evil']),
    });
  });

  it('of a namespace decides there', () => {
    const enforced = { ...shopOwns, 'host-ownership': 'audit', modes: 'HostNotOwned in evil: enforce' };
    expect(judge(enforced, wishes).problems).toEqual(['HostNotOwned evil/web']);
    expect(judge({ ...shopOwns, modes: 'HostNotOwned in evil: warn' }, wishes).problems).toEqual([
      'HostNotOwnedYet evil/web',
    ]);
  });

  it('do not matter for an Ingress that is exempt by name', () => {
    expect(judge({ ...shopOwns, exemptions: 'evil/web: HostNotOwned' }, wishes).problems).toEqual([]);
    expect(judge({ ...shopOwns, exemptions: 'evil/web: PathConflict' }, wishes).problems).toEqual([
      'HostNotOwned evil/web',
    ]);
    expect(judge({ ...shopOwns, exemptions: 'evil/other: *' }, wishes).problems).toEqual(['HostNotOwned evil/web']);
  });
});
