import { beforeAll, describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import type { AnyObject, Secret } from '@gatehouse/kube-model';
import {
  aConfigMap,
  anEndpointSlice,
  anIngress,
  anIngressClass,
  aSecret,
  aService,
  aTlsSecret,
  makeCertificate,
  snapshotOf,
  type IngressShape,
} from '@gatehouse/testing';
import type { Fallback, HostModel } from './model.ts';
import { defaultRoutingOptions, type RoutingOptions } from './options.ts';
import { createResolver } from './resolver.ts';

const NOW_MS = Date.UTC(2026, 10, 23);
const prefix = 'nginx.ingress.kubernetes.io';
const base: readonly AnyObject[] = [
  anIngressClass(),
  aService(),
  anEndpointSlice(),
  aService({ name: 'coffee-svc' }),
  anEndpointSlice({ service: 'coffee-svc', addresses: ['10.2.0.1'] }),
];

function resolve(objects: readonly AnyObject[], options: Partial<RoutingOptions> = {}, nowMs = NOW_MS) {
  const resolver = createResolver({ ...defaultRoutingOptions, ...options });
  const { model, problems, served } = resolver.resolve(snapshotOf([...base, ...objects]), nowMs);
  const host = (name: string): HostModel => {
    const found = model.hosts.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no host ${name}`);
    return found;
  };
  return {
    model,
    served: served.map(({ key }) => key),
    host,
    routes: (name: string) => host(name).routes.map(({ match, path, names }) => `${match} ${path} ${names.ingress}`),
    problems: problems.map(({ code, object, field, related }) =>
      [code, `${object.kind}/${object.name}`, field, ...(related ? [`→ ${related.name}`] : [])].join(' '),
    ),
  };
}

const at = (name: string, createdAtMs: number, shape: IngressShape = {}) => anIngress({ name, createdAtMs, ...shape });
const host = (name: string, ...paths: readonly string[]) => ({
  host: name,
  paths: paths.map((path) => ({ path })),
});

describe('resolve', () => {
  it('makes routes with backends, names and origin', () => {
    const { model, problems } = resolve([
      anIngress({
        rules: [
          {
            host: 'cafe.example.com',
            paths: [
              { path: '/tea', backend: 'tea-svc:80' },
              { path: '/coffee', backend: 'coffee-svc:http' },
            ],
          },
        ],
      }),
    ]);
    expect(problems).toEqual([]);
    expect(model.hosts.map(({ name }) => name)).toEqual(['', 'cafe.example.com']);
    expect(model.hosts[0]).toEqual({ name: '', routes: [], hasTls: false });
    const { policy } = model.hosts[1]!.routes[0]!;
    expect(model.hosts[1]).toEqual({
      name: 'cafe.example.com',
      hasTls: false,
      routes: [
        {
          origin: {
            object: { kind: 'Ingress', namespace: 'default', name: 'cafe' },
            field: 'spec.rules[0].http.paths[1]',
          },
          match: 'prefix',
          path: '/coffee',
          target: {
            kind: 'backend',
            backend: {
              id: 'default/coffee-svc:80',
              service: 'default/coffee-svc',
              endpoints: [{ address: '10.2.0.1', port: 8080 }],
            },
          },
          policy,
          names: { namespace: 'default', ingress: 'cafe', service: 'coffee-svc', servicePort: 'http' },
        },
        expect.objectContaining({ path: '/tea', names: expect.objectContaining({ servicePort: '80' }) }),
      ],
    });
    expect(policy).toBe(model.settings.routes);
  });

  it('takes no backend of another namespace', () => {
    const { problems, host } = resolve([anIngress({ namespace: 'shop', rules: [{ host: 'a.example' }] })]);
    expect(problems).toEqual(['ServiceMissing Ingress/cafe spec.rules[0].http.paths[0].backend.service.name']);
    expect(host('a.example').routes).toMatchObject([{ target: { kind: 'unavailable' } }]);
  });

  it('says what is wrong with each backend, and answers 503 for it', () => {
    const backends = [
      { kind: 'resource' as const, description: 'StorageBucket/x' },
      { kind: 'invalid' as const, reason: 'it names no port' },
      'missing:80',
      'tea-svc:81',
      'empty:http',
      'external:80',
      'tea-svc:80',
    ];
    const { problems, host } = resolve([
      aService({ name: 'empty' }),
      aService({ name: 'external', type: 'ExternalName', externalName: 'localhost', ports: [] }),
      anIngress({ rules: [{ host: 'a.example', paths: backends.map((backend, i) => ({ path: `/${i}`, backend })) }] }),
    ]);
    expect(problems).toEqual([
      'BackendIsResource Ingress/cafe spec.rules[0].http.paths[0].backend',
      'BackendInvalid Ingress/cafe spec.rules[0].http.paths[1].backend',
      'ServiceMissing Ingress/cafe spec.rules[0].http.paths[2].backend.service.name',
      'ServicePortMissing Ingress/cafe spec.rules[0].http.paths[3].backend.service.port → tea-svc',
      'ServiceHasNoEndpoints Ingress/cafe spec.rules[0].http.paths[4].backend.service.name → empty',
      'ExternalNameInvalid Ingress/cafe spec.rules[0].http.paths[5].backend.service.name → external',
    ]);
    expect(host('a.example').routes.map(({ target }) => target.kind)).toEqual([
      ...Array<string>(4).fill('unavailable'),
      'backend',
      'unavailable',
      'backend',
    ]);
  });

  it('names fields as the API version has them', () => {
    const { problems } = resolve([
      anIngress({
        apiVersion: 'networking.k8s.io/v1beta1',
        rules: [{ paths: [{ backend: 'no:1' }, { path: '/x', backend: 'tea-svc:9' }] }],
      }),
    ]);
    expect(problems).toEqual([
      'ServiceMissing Ingress/cafe spec.rules[0].http.paths[0].backend.serviceName',
      'ServicePortMissing Ingress/cafe spec.rules[0].http.paths[1].backend.servicePort → tea-svc',
    ]);
  });

  it('leaves endpoints out that are never proxied to, and says so once', () => {
    const slice = anEndpointSlice({ service: 'mixed', addresses: ['127.0.0.1', '10.3.0.1', '169.254.169.254'] });
    const objects = [
      aService({ name: 'mixed' }),
      slice,
      anIngress({
        rules: [
          {
            host: 'a.example',
            paths: [
              { path: '/a', backend: 'mixed:80' },
              { path: '/b', backend: 'mixed:http' },
            ],
          },
        ],
      }),
    ];
    const refused = resolve(objects);
    expect(refused.problems).toEqual([
      'EndpointAddressRefused EndpointSlice/mixed-1 endpoints[0].addresses[0]',
      'EndpointAddressRefused EndpointSlice/mixed-1 endpoints[2].addresses[0]',
    ]);
    expect(refused.host('a.example').routes[0]!.target).toMatchObject({
      backend: { endpoints: [{ address: '10.3.0.1' }] },
    });
    const allowed = resolve(objects, { allowLoopbackEndpoints: true });
    expect(allowed.problems).toHaveLength(1);
    expect(allowed.host('a.example').routes[0]!.target).toMatchObject({
      backend: { endpoints: [{ address: '10.3.0.1' }, { address: '127.0.0.1' }] },
    });
  });

  describe('settles conflicts', () => {
    it('for the oldest, and tells the others who won', () => {
      const objects = [
        at('young', 3, { rules: [host('a.example', '/x', '/y')] }),
        at('old', 1, { rules: [host('a.example', '/x/')] }),
        at('middle', 2, { rules: [host('a.example', '/x', '/z'), host('b.example', '/x')] }),
      ];
      const { routes, problems, served } = resolve(objects);
      expect(served).toEqual(['default/old', 'default/middle', 'default/young']);
      expect(routes('a.example')).toEqual(['prefix /x old', 'prefix /y young', 'prefix /z middle']);
      expect(routes('b.example')).toEqual(['prefix /x middle']);
      expect(problems).toEqual([
        'PathConflict Ingress/middle spec.rules[0].http.paths[0] → old',
        'PathConflict Ingress/young spec.rules[0].http.paths[0] → old',
      ]);
    });

    it('of equal age by namespace/name, the other way round where ingress-nginx is followed', () => {
      const objects = [
        anIngress({ namespace: 'a-b', name: 'c', rules: [host('x.example', '/')] }),
        anIngress({ namespace: 'a', name: 'z', rules: [host('x.example', '/')] }),
      ];
      expect(resolve(objects).routes('x.example')).toEqual(['prefix / c']);
      expect(resolve(objects, { compatibility: 'ingress-nginx' }).routes('x.example')).toEqual(['prefix / z']);
    });

    it('not between an exact path and a prefix', () => {
      const exact = at('young', 2, { rules: [{ host: 'a.example', paths: [{ path: '/x', pathType: 'Exact' }] }] });
      const { routes, problems } = resolve([exact, at('old', 1, { rules: [host('a.example', '/x')] })]);
      expect(routes('a.example')).toEqual(['exact /x young', 'prefix /x old']);
      expect(problems).toEqual([]);
    });

    it('of app-root', () => {
      const annotations = (path: string) => ({ [`${prefix}/app-root`]: path });
      const { host: model, problems } = resolve([
        at('young', 2, { annotations: annotations('/b'), rules: [host('a.example', '/b')] }),
        at('old', 1, { annotations: annotations('/a'), rules: [host('a.example', '/a')] }),
        at('same', 3, { annotations: annotations('/a'), rules: [host('a.example', '/c')] }),
      ]);
      const field = `metadata.annotations[${prefix}/app-root]`;
      expect(model('a.example').appRoot).toEqual({
        path: '/a',
        origin: { object: { kind: 'Ingress', namespace: 'default', name: 'old' }, field },
      });
      expect(problems).toEqual([`AnnotationConflict Ingress/young ${field} → old`]);
    });
  });

  it('leaves a canary out of its hosts', () => {
    const { model, served } = resolve([
      anIngress({ annotations: { [`${prefix}/canary`]: 'true' }, rules: [host('a.example', '/')] }),
    ]);
    expect(model.hosts).toHaveLength(1);
    expect(served).toEqual(['default/cafe']);
  });

  describe('finds fallbacks', () => {
    const described = (fallback: Fallback | undefined) =>
      fallback && `${fallback.backend.id} ${fallback.names.ingress}`;
    const globalBackend = { defaultBackendService: objectKey('default', 'coffee-svc') };

    it('in a default backend without rules, for the catch-all host alone', () => {
      const { host: model, problems } = resolve([
        at('young', 2, { defaultBackend: 'coffee-svc:80' }),
        at('old', 1, { defaultBackend: 'tea-svc:80' }),
        at('rules', 3, { rules: [host('a.example', '/x')] }),
      ]);
      expect(described(model('').fallback)).toBe('default/tea-svc:80 old');
      expect(model('a.example').fallback).toBeUndefined();
      expect(problems).toEqual(['PathConflict Ingress/young spec.defaultBackend → old']);
    });

    it('in a default backend beside rules, for the hosts of these that have no /', () => {
      const { host: model } = resolve([
        anIngress({
          defaultBackend: 'tea-svc:80',
          rules: [host('a.example', '/x'), host('b.example', '/'), { host: 'c.example', paths: [] }],
        }),
      ]);
      expect(described(model('a.example').fallback)).toBe('default/tea-svc:80 cafe');
      expect(model('b.example').fallback).toBeUndefined();
      expect(described(model('c.example').fallback)).toBe('default/tea-svc:80 cafe');
      expect(model('').fallback).toBeUndefined();
    });

    it('in the global default backend, where there is no other', () => {
      const { host: model, model: whole } = resolve(
        [
          at('own', 1, { defaultBackend: 'tea-svc:80', rules: [host('a.example', '/x')] }),
          at('none', 2, { rules: [host('b.example', '/x')] }),
        ],
        globalBackend,
      );
      expect(described(model('a.example').fallback)).toBe('default/tea-svc:80 own');
      expect(described(model('b.example').fallback)).toBe('default/coffee-svc:80 ');
      expect(model('').fallback).toEqual({
        backend: expect.objectContaining({ id: 'default/coffee-svc:80' }),
        policy: whole.settings.routes,
        names: { namespace: 'default', ingress: '', service: 'coffee-svc', servicePort: '' },
      });
    });

    it('that answer 503 when their Service is missing, and drops those that are no Services', () => {
      const missing = resolve([anIngress({ defaultBackend: 'missing:http' })], globalBackend);
      expect(missing.host('').fallback).toMatchObject({ backend: { id: 'default/missing:http', endpoints: [] } });
      expect(missing.problems).toEqual(['ServiceMissing Ingress/cafe spec.defaultBackend.service.name']);
      const resource = resolve([anIngress({ defaultBackend: { kind: 'resource', description: 'x' } })], globalBackend);
      expect(described(resource.host('').fallback)).toBe('default/coffee-svc:80 ');
      expect(resource.problems).toEqual(['BackendIsResource Ingress/cafe spec.defaultBackend']);
    });

    it('and says when the flag names no Service', () => {
      const { host: model, problems } = resolve([], { defaultBackendService: objectKey('other', 'x') });
      expect(model('').fallback).toBeUndefined();
      expect(problems).toEqual(['ServiceMissing Service/x ']);
    });
  });

  describe('finds what answers errors', () => {
    const errorBackend = (annotations: Readonly<Record<string, string>>, options: Partial<RoutingOptions> = {}) => {
      const named = Object.fromEntries(Object.entries(annotations).map(([key, text]) => [`${prefix}/${key}`, text]));
      const made = resolve(
        [
          aService({ name: 'errors', ports: [{ port: 8080 }] }),
          anEndpointSlice({ service: 'errors', ports: [{ port: 8080 }] }),
          aService({ name: 'idle' }),
          anIngress({ annotations: named, rules: [host('a.example', '/')] }),
        ],
        options,
      );
      return [made.host('a.example').routes[0]!.errorBackend?.id, ...made.problems];
    };
    const globalBackend = { defaultBackendService: objectKey('default', 'coffee-svc') };
    const field = `metadata.annotations[${prefix}/default-backend]`;

    it.each([
      [{}, [undefined]],
      [{ 'default-backend': 'errors' }, ['default/errors:8080']],
      [{ 'custom-http-errors': '404' }, ['default/coffee-svc:80']],
      [{ 'custom-http-errors': '404', 'default-backend': 'errors' }, ['default/errors:8080']],
      [{ 'default-backend': 'idle' }, ['default/coffee-svc:80']],
      [{ 'default-backend': 'no' }, ['default/coffee-svc:80', `ServiceMissing Ingress/cafe ${field}`]],
    ])('for %j', (annotations, expected) => {
      expect(errorBackend(annotations, globalBackend)).toEqual(expected);
    });

    it('and has nothing without a global default backend', () => {
      expect(errorBackend({ 'custom-http-errors': '404' })).toEqual([undefined]);
    });
  });

  describe('finds certificates', () => {
    let cafe: Secret;
    let wildcard: Secret;
    let expired: Secret;
    const expiry = new Date('2026-01-01T00:00:00Z');

    beforeAll(async () => {
      cafe = await aTlsSecret({ hosts: ['cafe.example.com'] });
      wildcard = await aTlsSecret({ name: 'wild', hosts: ['*.example.com'] });
      const { certPem, keyPem } = await makeCertificate({ hosts: ['cafe.example.com'], notAfter: expiry });
      expired = aSecret({ name: 'expired', data: { 'tls.crt': certPem, 'tls.key': keyPem } });
    });

    const tlsHost = (secretName: string, name = 'cafe.example.com'): IngressShape => ({
      rules: [host(name, '/')],
      tls: [{ hosts: [name], secretName }],
    });

    it('for a host, with the Secret of its Ingress', () => {
      const { host: model, problems } = resolve([cafe, anIngress(tlsHost('cafe-secret'))]);
      expect(model('cafe.example.com')).toMatchObject({ hasTls: true, certificate: { secret: 'default/cafe-secret' } });
      expect(model('')).toMatchObject({ hasTls: false });
      expect(problems).toEqual([]);
    });

    it('that are the default one without a Secret, and with one that cannot be used', () => {
      const broken = aSecret({ name: 'broken', data: { 'tls.crt': 'x', 'tls.key': 'y' } });
      const cases: readonly (readonly [string, readonly string[]])[] = [
        ['', []],
        ['nowhere', ['SecretMissing Ingress/cafe spec.tls[0].secretName']],
        ['broken', ['CertificateInvalid Ingress/cafe spec.tls[0].secretName → broken']],
        ['wild', []],
      ];
      for (const [secretName, expected] of cases) {
        const { host: model, problems } = resolve([broken, wildcard, anIngress(tlsHost(secretName))]);
        expect(problems).toEqual(expected);
        expect(model('cafe.example.com').hasTls).toBe(true);
        expect(model('cafe.example.com').certificate !== undefined).toBe(secretName === 'wild');
      }
    });

    it('that cover the host', () => {
      const { host: model, problems } = resolve([cafe, anIngress(tlsHost('cafe-secret', 'other.example.com'))]);
      expect(model('other.example.com')).toMatchObject({ hasTls: true });
      expect(model('other.example.com').certificate).toBeUndefined();
      expect(problems).toEqual(['CertificateDoesNotCoverHost Ingress/cafe spec.tls[0].secretName → cafe-secret']);
      const wild = resolve([wildcard, anIngress(tlsHost('wild', '*.example.com'))]);
      expect(wild.host('*.example.com').certificate).toBeDefined();
      expect(wild.problems).toEqual([]);
    });

    it('for every host of the Ingress, when the entry names none', () => {
      const { host: model, problems } = resolve([
        wildcard,
        anIngress({ rules: [host('a.example.com', '/'), host('', '/')], tls: [{ secretName: 'wild' }] }),
      ]);
      expect(model('a.example.com').certificate).toBeDefined();
      expect(model('').certificate).toBeDefined();
      expect(problems).toEqual([]);
    });

    it('that have expired, and says so from the very moment', () => {
      const objects = [expired, anIngress(tlsHost('expired'))];
      const before = resolve(objects, {}, expiry.getTime() - 1);
      expect([before.problems, before.host('cafe.example.com').certificate?.secret]).toEqual([[], 'default/expired']);
      const after = resolve(objects, {}, expiry.getTime());
      expect([after.problems, after.host('cafe.example.com').certificate?.secret]).toEqual([
        ['CertificateExpired Ingress/cafe spec.tls[0].secretName → expired'],
        'default/expired',
      ]);
    });

    it('of the oldest Ingress that names the host', () => {
      const { host: model, problems } = resolve([
        cafe,
        wildcard,
        at('plain', 1, { rules: [host('cafe.example.com', '/x')] }),
        at('old', 2, tlsHost('wild')),
        at('young', 3, { ...tlsHost('cafe-secret'), rules: [host('cafe.example.com', '/y')] }),
        at('same', 4, { ...tlsHost('wild'), rules: [host('cafe.example.com', '/z')] }),
      ]);
      expect(model('cafe.example.com').certificate?.secret).toBe('default/wild');
      expect(problems).toEqual(['TlsConflict Ingress/young spec.tls[0].secretName → old']);
    });

    it('for handshakes without a host, by the flag', () => {
      const options = (name: string) => ({ defaultCertificateSecret: objectKey('default', name) });
      expect(resolve([wildcard], options('wild')).model.defaultCertificate?.secret).toBe('default/wild');
      expect(resolve([], options('no')).problems).toEqual(['SecretMissing Secret/no ']);
      expect(resolve([expired], options('expired')).problems).toEqual(['CertificateExpired Secret/expired ']);
      expect(resolve([aSecret({ name: 'bad' })], options('bad')).problems).toEqual(['CertificateInvalid Secret/bad ']);
    });
  });

  it('reads the settings from the ConfigMap of the flag alone', () => {
    const configMap = aConfigMap({ data: { 'proxy-body-size': '3m', nonsense: 'x' } });
    const { model, problems } = resolve([configMap], { configMap: configMap.key });
    expect(model.settings.routes.bodyBytes).toBe(3 * 1024 * 1024);
    expect(problems).toEqual(['SettingUnknown ConfigMap/config data[nonsense]']);
    expect(resolve([configMap]).problems).toEqual([]);
  });

  it('hands the Problems of the snapshot on, in order with the others', () => {
    const snapshot = snapshotOf([...base, anIngress({ className: 'none' })]);
    const malformed = {
      code: 'ObjectMalformed',
      object: { kind: 'ConfigMap', namespace: 'a', name: 'b' },
      field: '',
      message: 'm',
    } as const;
    const { problems } = createResolver(defaultRoutingOptions).resolve({ ...snapshot, problems: [malformed] }, NOW_MS);
    expect(problems).toEqual([malformed, expect.objectContaining({ code: 'ClassUnknown' })]);
  });
});
