import { describe, expect, it } from '@jest/globals';
import { anIngress } from '@gatehouse/testing';
import { judge, prefix, shopOwns, wish, type Wish } from '@gatehouse/testing/ownership';

describe('ACME solver paths', () => {
  const host = 'shop.example.com';
  const solver = (shape: Partial<Wish> = {}) =>
    wish({ namespace: 'certs', host, path: '/.well-known/acme-challenge/tok-En_1', pathType: 'Exact', ...shape });
  const exempt = { ...shopOwns, 'acme-solver-namespaces': 'certs' };

  it('are no exception unless a namespace is named', () => {
    expect(judge(shopOwns, [solver()]).routes).toEqual([]);
    expect(judge({ ...shopOwns, 'acme-solver-namespaces': 'other' }, [solver()]).routes).toEqual([]);
  });

  it.each(['Exact', 'Prefix', 'ImplementationSpecific'])('are served for those named, pathType %s', (pathType) => {
    const { routes, problems } = judge(exempt, [solver({ pathType })]);
    expect(routes).toEqual([`${host} /.well-known/acme-challenge/tok-En_1 certs`]);
    expect(problems).toEqual([]);
    expect(judge({ ...shopOwns, 'acme-solver-namespaces': '*' }, [solver()]).problems).toEqual([]);
  });

  it.each([
    '/',
    '/.well-known',
    '/.well-known/acme-challenge',
    '/.well-known/acme-challenge/',
    '/.well-known/acme-challenge-x/tok',
    '/.well-known/acme-challenge/a/b',
    '/.well-known/acme-challenge/(.*)',
    '/.well-known/acme-challenge/x|',
    '/.well-known/acme-challenge/%74ok',
    '/x/.well-known/acme-challenge/tok',
  ])('are not %s', (path) => {
    expect(judge(exempt, [solver({ path, pathType: 'Prefix' })]).routes).toEqual([]);
  });

  it.each([
    ['use-regex', 'true'],
    ['rewrite-target', '/admin'],
    ['permanent-redirect', 'https://evil.example'],
    ['temporal-redirect', 'https://evil.example'],
  ])('are nothing that %s bends', (name, value) => {
    const annotations = { [`${prefix}/${name}`]: value };
    expect(judge(exempt, [solver({ annotations, pathType: 'ImplementationSpecific' })]).routes).toEqual([]);
  });

  it('are needed, for without any the host would only hide the wildcard of its owner', () => {
    const wildcard = wish({ namespace: 'shop', host: `*.${host}` });
    const empty = anIngress({ namespace: 'certs', name: 'web', rules: [{ host: `a.${host}`, paths: [] }] });
    const { hosts, problems } = judge(exempt, [wildcard, empty]);
    expect(hosts).toEqual(['', `*.${host}`]);
    expect(problems).toContain('HostNotOwned certs/web');
  });

  it('are all that is served of an Ingress with more', () => {
    const {
      routes,
      host: hostOf,
      messages,
    } = judge(exempt, [
      anIngress({
        namespace: 'certs',
        name: 'web',
        rules: [{ host, paths: [{ path: '/' }, { path: '/.well-known/acme-challenge/tok', pathType: 'Exact' }] }],
        tls: [{ hosts: [host] }],
        defaultBackend: 'tea-svc:80',
        annotations: { [`${prefix}/app-root`]: '/x' },
      }),
    ]);
    expect(routes).toEqual([`${host} /.well-known/acme-challenge/tok certs`]);
    expect(hostOf(host)).toMatchObject({ hasTls: false });
    expect(hostOf(host)).not.toHaveProperty('appRoot');
    expect(hostOf(host)).not.toHaveProperty('fallback');
    expect(messages[0]).toMatch(/so nothing of namespace certs is served there, but for the paths of its ACME solver$/);
  });
});
