import { describe, expect, it } from '@jest/globals';
import type { AnyObject } from '@gatehouse/kube-model';
import {
  aConfigMap,
  anEndpointSlice,
  anIngress,
  anIngressClass,
  aService,
  resolveObjects,
  snapshotOf,
  type IngressShape,
  type ResolvedObjects,
} from '@gatehouse/testing';
import { defaultRoutingOptions, type RoutingOptions } from './options.ts';
import { createResolver } from './resolver.ts';

const prefix = 'nginx.ingress.kubernetes.io';
const base: readonly AnyObject[] = [
  anIngressClass(),
  aService(),
  anEndpointSlice(),
  aService({ name: 'coffee-svc' }),
  anEndpointSlice({ service: 'coffee-svc', addresses: ['10.2.0.1'] }),
];

const resolve = (objects: readonly AnyObject[], options?: Partial<RoutingOptions>, nowMs?: number): ResolvedObjects =>
  resolveObjects([...base, ...objects], options, nowMs);

const at = (name: string, createdAtMs: number, shape: IngressShape = {}) => anIngress({ name, createdAtMs, ...shape });
const host = (name: string, ...paths: readonly string[]) => ({
  host: name,
  paths: paths.map((path) => ({ path })),
});

describe('resolve, of a snapshot that never holds some kinds', () => {
  it('does not miss what was not read, but all the rest', () => {
    const cafe = anIngress({
      rules: [
        {
          host: 'cafe.example.com',
          paths: [
            { path: '/', backend: 'lone-svc:80' },
            { path: '/x', backend: 'no-svc:80' },
          ],
        },
      ],
      tls: [{ hosts: ['cafe.example.com'], secretName: 'cafe-secret' }],
    });
    const codes = (options: Partial<RoutingOptions>) =>
      resolve([cafe, aService({ name: 'lone-svc' })], options).problems.map((problem) => problem.split(' ')[0] ?? '');
    expect(codes({}).sort()).toEqual(['SecretMissing', 'ServiceHasNoEndpoints', 'ServiceMissing']);
    expect(codes({ unreadKinds: ['Secret'] }).sort()).toEqual(['ServiceHasNoEndpoints', 'ServiceMissing']);
    expect(codes({ unreadKinds: ['EndpointSlice', 'Secret'] })).toEqual(['ServiceMissing']);
  });
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
      'ExternalNameForbidden Ingress/cafe spec.rules[0].http.paths[5].backend.service.name → external',
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

  describe('settles who has the path / alone between an app-root and an exact path', () => {
    const field = `metadata.annotations[${prefix}/app-root]`;
    const asking = (createdAtMs: number) =>
      at('asking', createdAtMs, { annotations: { [`${prefix}/app-root`]: '/b' }, rules: [host('a.example', '/b')] });
    const exact = at('exact', 2, { rules: [{ host: 'a.example', paths: [{ path: '/', pathType: 'Exact' }] }] });

    it('for the older path', () => {
      const { host: model, problems } = resolve([asking(3), exact]);
      expect(model('a.example').appRoot).toBeUndefined();
      expect(problems).toEqual([`AnnotationConflict Ingress/asking ${field} → exact`]);
    });

    it('for the older app-root', () => {
      const { host: model, problems } = resolve([asking(1), exact]);
      expect(model('a.example').appRoot?.path).toBe('/b');
      expect(problems).toEqual(['PathConflict Ingress/exact spec.rules[0].http.paths[0] → asking']);
    });
  });

  it('leaves a canary out of its hosts', () => {
    const { model, served } = resolve([
      anIngress({ annotations: { [`${prefix}/canary`]: 'true' }, rules: [host('a.example', '/')] }),
    ]);
    expect(model.hosts).toHaveLength(1);
    expect(served).toEqual(['default/cafe']);
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
    const { problems } = createResolver(defaultRoutingOptions).resolve({ ...snapshot, problems: [malformed] }, 0);
    expect(problems).toEqual([malformed, expect.objectContaining({ code: 'ClassUnknown' })]);
  });
});
