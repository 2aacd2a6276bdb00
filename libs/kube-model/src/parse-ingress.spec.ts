import { describe, expect, it } from '@jest/globals';
import { parseObject } from './parse-object.ts';
import type { Ingress } from './objects.ts';

const V1 = 'networking.k8s.io/v1';
const teaBackend = { service: { name: 'tea-svc', port: { number: 80 } } };
const tea = { kind: 'service', name: 'tea-svc', port: { kind: 'number', number: 80 } };

function read(spec: unknown, extra: Record<string, unknown> = {}) {
  const { apiVersion = V1, metadata = {} } = extra as { apiVersion?: string; metadata?: object };
  const reading = parseObject({ apiVersion, kind: 'Ingress', metadata: { name: 'cafe', ...metadata }, spec });
  if (reading.kind !== 'ours') throw new Error(`read as ${reading.kind}`);
  return {
    ingress: reading.objects[0] as Ingress | undefined,
    faults: reading.problems.map(({ code, field, message }) => `${code} ${field}: ${message}`),
  };
}

function withPaths(paths: unknown): unknown {
  return { rules: [{ host: 'cafe.example.com', http: { paths } }] };
}

describe('an Ingress of networking.k8s.io/v1', () => {
  it('is read with all its fields', () => {
    const { ingress, faults } = read(
      {
        ingressClassName: 'nginx',
        defaultBackend: teaBackend,
        tls: [{ hosts: ['cafe.example.com'], secretName: 'cafe-secret' }],
        rules: [
          { host: 'cafe.example.com', http: { paths: [{ path: '/tea', pathType: 'Prefix', backend: teaBackend }] } },
        ],
      },
      {
        metadata: {
          namespace: 'shop',
          uid: 'u-1',
          resourceVersion: '7',
          creationTimestamp: '2026-01-31T12:00:00Z',
          annotations: { 'a/b': 'c' },
        },
      },
    );
    expect(faults).toEqual([]);
    expect(ingress).toEqual({
      kind: 'Ingress',
      ref: { kind: 'Ingress', namespace: 'shop', name: 'cafe' },
      key: 'shop/cafe',
      uid: 'u-1',
      resourceVersion: '7',
      createdAtMs: Date.UTC(2026, 0, 31, 12),
      apiVersion: V1,
      annotations: new Map([['a/b', 'c']]),
      className: 'nginx',
      defaultBackend: tea,
      rules: [{ host: 'cafe.example.com', paths: [{ path: '/tea', pathType: 'Prefix', backend: tea }] }],
      tls: [{ hosts: ['cafe.example.com'], secretName: 'cafe-secret' }],
      statusAddresses: [],
    });
  });

  it('is frozen all through', () => {
    const { ingress } = read(withPaths([{ path: '/', pathType: 'Prefix', backend: teaBackend }]));
    const parts = [
      ingress,
      ingress?.ref,
      ingress?.rules,
      ingress?.rules[0]?.paths,
      ingress?.rules[0]?.paths[0]?.backend,
    ];
    expect(parts.map((part) => part !== undefined && Object.isFrozen(part))).toEqual([true, true, true, true, true]);
  });

  it.each([
    ['a service port by name', { service: { name: 'tea-svc', port: { name: 'http' } } }, { port: { name: 'http' } }],
    [
      'a port name beside the number 0, which means none',
      { service: { name: 'a', port: { name: 'h', number: 0 } } },
      { port: { name: 'h' } },
    ],
    [
      'a resource',
      { resource: { apiGroup: 'k8s.example.com', kind: 'Bucket', name: 'icons' } },
      { kind: 'resource', description: 'Bucket.k8s.example.com icons' },
    ],
    ['nothing', undefined, { kind: 'invalid', reason: 'a backend is required' }],
    ['an empty object', {}, { kind: 'invalid', reason: 'service.name is required' }],
    [
      'no port',
      { service: { name: 'tea-svc' } },
      { kind: 'invalid', reason: 'service.port.number or service.port.name is required' },
    ],
    [
      'port name and number',
      { service: { name: 'tea-svc', port: { name: 'http', number: 80 } } },
      { kind: 'invalid', reason: 'service.port has a name and a number, only one is allowed' },
    ],
    [
      'a Service and a resource',
      { ...teaBackend, resource: {} },
      { kind: 'invalid', reason: 'a Service and a resource are named, only one is allowed' },
    ],
    [
      'a name that no Service can have',
      { service: { name: '../x', port: { number: 80 } } },
      { kind: 'invalid', reason: 'service.name is no name of a Service: "../x"' },
    ],
    [
      'the form of the retired versions',
      { serviceName: 'tea-svc', servicePort: 80 },
      { kind: 'invalid', reason: 'service.name is required' },
    ],
  ])('takes as backend %s', (_name, backend, expected) => {
    const { ingress, faults } = read(withPaths([{ path: '/', pathType: 'Prefix', backend }]));
    expect(faults).toEqual([]);
    expect(ingress?.rules[0]?.paths[0]?.backend).toMatchObject(expected);
  });

  it('says of every field which shape is wrong, and keeps what is around it', () => {
    const good = { path: '/good', pathType: 'Exact', backend: teaBackend };
    const { ingress, faults } = read({
      rules: [
        7,
        { host: ['a'], http: { paths: [good] } },
        { host: 'a.example.com', http: { paths: 'all' } },
        {
          host: 'b.example.com',
          http: {
            paths: [
              null,
              { path: 5, pathType: true, backend: teaBackend },
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'tea-svc', port: { number: '80' } } } },
              good,
            ],
          },
        },
      ],
      tls: [{ hosts: 'cafe.example.com' }, { hosts: ['c.example.com', 9] }],
    });
    expect(faults).toEqual([
      'ObjectMalformed spec.rules[0]: must be an object, found a number',
      'ObjectMalformed spec.rules[1].host: must be a string, found a list',
      'ObjectMalformed spec.rules[2].http.paths: must be a list, found a string',
      'ObjectMalformed spec.rules[3].http.paths[0]: must be an object, found null',
      'ObjectMalformed spec.rules[3].http.paths[1].path: must be a string, found a number',
      'ObjectMalformed spec.rules[3].http.paths[1].pathType: must be a string, found a boolean',
      'ObjectMalformed spec.rules[3].http.paths[2].backend.service.port.number: must be a whole number from 1 to 65535, found a string',
      'ObjectMalformed spec.tls[0].hosts: must be a list, found a string',
      'ObjectMalformed spec.tls[1].hosts[1]: must be a string, found a number',
    ]);
    expect(ingress?.rules.map(({ host }) => host)).toEqual([
      '(malformed)',
      '(malformed)',
      'a.example.com',
      'b.example.com',
    ]);
    expect(ingress?.rules[3]?.paths.map(({ path, pathType, backend }) => [path, pathType, backend.kind])).toEqual([
      ['(malformed)', '(malformed)', 'invalid'],
      ['(malformed)', '(malformed)', 'service'],
      ['/', 'Prefix', 'invalid'],
      ['/good', 'Exact', 'service'],
    ]);
    expect(ingress?.rules[3]?.paths[2]?.backend).toEqual({
      kind: 'invalid',
      reason: 'service.port.number is no port number',
    });
    expect(ingress?.tls.map(({ hosts }) => hosts)).toEqual([['(malformed)'], ['c.example.com', '(malformed)']]);
  });

  it.each([
    ['no spec', undefined, 'ObjectMalformed spec: must be an object, found null'],
    ['an empty spec', {}, 'ObjectMalformed spec: spec.rules or spec.defaultBackend is required'],
    ['rules that are no list', { rules: {} }, 'ObjectMalformed spec.rules: must be a list, found an object'],
    ['tls that is no list', { rules: [], tls: 'yes' }, 'ObjectMalformed spec.tls: must be a list, found a string'],
    [
      'a class that is no text',
      { rules: [], ingressClassName: 1 },
      'ObjectMalformed spec.ingressClassName: must be a string, found a number',
    ],
  ])('is left out when it has %s', (_name, spec, fault) => {
    expect(read(spec)).toEqual({ ingress: undefined, faults: [fault] });
  });

  it.each([
    ['no name', { name: null }, 'metadata.name: a name is required'],
    [
      'a name with a slash',
      { name: 'a/b' },
      'metadata.name: must be lower-case labels of letters, digits and hyphens joined by dots, at most 253 characters, found "a/b"',
    ],
    [
      'a name of two lines',
      { name: 'a\nb' },
      'metadata.name: must be lower-case labels of letters, digits and hyphens joined by dots, at most 253 characters, found "a\\nb"',
    ],
    [
      'a name that is too long',
      { name: 'a'.repeat(254) },
      `metadata.name: must be lower-case labels of letters, digits and hyphens joined by dots, at most 253 characters, found "${'a'.repeat(80)}…"`,
    ],
    [
      'a namespace with a dot',
      { namespace: 'a.b' },
      'metadata.namespace: must be at most 63 lower-case letters, digits and inner hyphens, found "a.b"',
    ],
    [
      'annotations that are no mapping',
      { annotations: ['a'] },
      'metadata.annotations: must be an object, found a list',
    ],
    [
      'a time of creation that is none',
      { creationTimestamp: 'yesterday' },
      'metadata.creationTimestamp: must be a time such as 2026-01-31T12:00:00Z, found a string',
    ],
  ])('is left out when its metadata have %s', (_name, metadata, fault) => {
    expect(read({ rules: [] }, { metadata })).toEqual({ ingress: undefined, faults: [`ObjectMalformed ${fault}`] });
  });

  it("does not keep kubectl's copy of the whole object", () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', 'a/b': 'c' };
    expect(read({ rules: [] }, { metadata: { annotations } }).ingress?.annotations).toEqual(new Map([['a/b', 'c']]));
  });

  it('keeps annotations that somebody forgot to quote, since one that protects must not vanish', () => {
    const { ingress, faults } = read(
      { rules: [] },
      { metadata: { annotations: { a: true, b: 8, c: null, d: ['x'], e: 'y' } } },
    );
    expect(Object.fromEntries(ingress?.annotations ?? [])).toEqual({
      a: 'true',
      b: '8',
      c: '',
      d: '(malformed)',
      e: 'y',
    });
    expect(faults).toEqual([
      'ObjectMalformed metadata.annotations[a]: must be a string, found a boolean: put it in quotes',
      'ObjectMalformed metadata.annotations[b]: must be a string, found a number: put it in quotes',
      'ObjectMalformed metadata.annotations[d]: must be a string, found a list',
    ]);
  });

  it('takes keys with a meaning in JavaScript as ordinary keys', () => {
    const json: unknown = JSON.parse(`{"apiVersion": "${V1}", "kind": "Ingress", "spec": {"rules": []},
      "metadata": {"name": "cafe", "annotations": {"__proto__": "p", "constructor": "c", "toString": "t"}}}`);
    const reading = parseObject(json);
    const [ingress] = reading.kind === 'ours' ? (reading.objects as Ingress[]) : [];
    expect([...(ingress?.annotations ?? [])]).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['toString', 't'],
    ]);
    expect(({} as Record<string, unknown>)['p']).toBeUndefined();
  });

  it('reads own fields only, whatever the object inherits', () => {
    const heir = Object.create({ spec: { rules: [] } }) as object;
    const reading = parseObject(Object.assign(heir, { apiVersion: V1, kind: 'Ingress', metadata: { name: 'cafe' } }));
    expect(reading).toMatchObject({ kind: 'ours', objects: [] });
  });

  it('takes the time of creation as text or as a Date, and none as the oldest', () => {
    const times = ['2026-01-31T12:00:00Z', '2026-01-31T13:00:00.000+01:00', new Date('2026-01-31T12:00:00Z'), null];
    const found = times.map(
      (creationTimestamp) => read({ rules: [] }, { metadata: { creationTimestamp } }).ingress?.createdAtMs,
    );
    const expected = Date.UTC(2026, 0, 31, 12);
    expect(found).toEqual([expected, expected, expected, 0]);
  });

  it('has the addresses of its status, for comparison only', () => {
    const reading = parseObject({
      apiVersion: V1,
      kind: 'Ingress',
      metadata: { name: 'cafe' },
      spec: { rules: [] },
      status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }, { hostname: 'lb.example.com' }, 5] } },
    });
    expect(reading).toMatchObject({
      problems: [],
      objects: [{ statusAddresses: [{ ip: '10.0.0.1' }, { hostname: 'lb.example.com' }, {}] }],
    });
  });
});

describe.each(['extensions/v1beta1', 'networking.k8s.io/v1beta1'])('an Ingress of %s', (apiVersion) => {
  const retired = `RetiredApiVersion apiVersion: ${apiVersion} is no longer served by Kubernetes, networking.k8s.io/v1 is`;

  it.each([
    ['a port number', { serviceName: 'tea-svc', servicePort: 80 }, { kind: 'number', number: 80 }],
    ['a port name', { serviceName: 'tea-svc', servicePort: 'http' }, { kind: 'name', name: 'http' }],
    ['a quoted number, which is a name', { serviceName: 'tea-svc', servicePort: '80' }, { kind: 'name', name: '80' }],
  ])('names the Service with %s', (_name, backend, port) => {
    const { ingress, faults } = read({ backend, rules: [{ http: { paths: [{ backend }] } }] }, { apiVersion });
    const expected = { kind: 'service', name: 'tea-svc', port };
    expect(faults).toEqual([retired]);
    expect(ingress).toMatchObject({
      apiVersion,
      defaultBackend: expected,
      rules: [{ host: '', paths: [{ path: '', pathType: '', backend: expected }] }],
    });
  });

  it.each([
    ['no port', { serviceName: 'tea-svc' }, 'servicePort is required'],
    ['no name', { servicePort: 80 }, 'serviceName is required'],
    ['the form of v1', teaBackend, 'serviceName is required'],
  ])('has an invalid backend when it has %s', (_name, backend, reason) => {
    const { ingress } = read({ rules: [{ http: { paths: [{ backend }] } }] }, { apiVersion });
    expect(ingress?.rules[0]?.paths[0]?.backend).toEqual({ kind: 'invalid', reason });
  });
});
