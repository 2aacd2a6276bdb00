import { describe, expect, it } from '@jest/globals';
import type { AnyObject, EndpointSlice, Secret, Service } from './objects.ts';
import { parseObject, parseObjects } from './parse-object.ts';

function read(json: Record<string, unknown>): { objects: readonly AnyObject[]; faults: readonly string[] } {
  const reading = parseObject({ metadata: { name: 'it' }, ...json });
  if (reading.kind !== 'ours') throw new Error(`read as ${reading.kind}`);
  return {
    objects: reading.objects,
    faults: reading.problems.map(({ code, field, message }) => `${code} ${field}: ${message}`),
  };
}

describe('parseObject', () => {
  it.each([
    ['a Deployment', { apiVersion: 'apps/v1', kind: 'Deployment' }],
    ['a Service of Knative', { apiVersion: 'serving.knative.dev/v1', kind: 'Service' }],
    ['an Ingress of OpenShift', { apiVersion: 'config.openshift.io/v1', kind: 'Ingress' }],
    ['a kind that every object in JavaScript has', { apiVersion: 'v1', kind: 'constructor' }],
  ])('passes over %s', (_name, json) => {
    expect(parseObject(json)).toMatchObject({ kind: 'notOurs', objectKind: json.kind });
  });

  it.each([
    ['text', 'hello', 'it is no mapping with apiVersion and kind'],
    ['nothing', null, 'it is no mapping with apiVersion and kind'],
    ['a list', [], 'it is no mapping with apiVersion and kind'],
    ['a mapping without kind', { apiVersion: 'v1' }, 'it has no kind that is text'],
    ['a mapping without apiVersion', { kind: 'Service' }, 'it has no apiVersion that is text'],
  ])('says of %s that it is no object', (_name, json, reason) => {
    expect(parseObject(json)).toEqual({ kind: 'noObject', reason });
  });

  it.each([
    ['v1', 'Ingress', 'networking.k8s.io/v1 or networking.k8s.io/v1beta1 or extensions/v1beta1'],
    ['networking.k8s.io/v2', 'IngressClass', 'networking.k8s.io/v1 or networking.k8s.io/v1beta1'],
    ['v1beta1', 'Service', 'v1'],
  ])('refuses %s %s, a version that never was', (apiVersion, kind, known) => {
    const { objects, faults } = read({ apiVersion, kind });
    expect(objects).toEqual([]);
    expect(faults).toEqual([`ObjectMalformed apiVersion: ${kind} must be written as ${known}, found "${apiVersion}"`]);
  });

  it.each([
    [{ controller: 'k8s.io/ingress-nginx' }, undefined, { controller: 'k8s.io/ingress-nginx', isDefault: false }],
    [{ controller: 'a.example/b' }, { 'ingressclass.kubernetes.io/is-default-class': 'true' }, { isDefault: true }],
    [undefined, { 'ingressclass.kubernetes.io/is-default-class': 'yes' }, { controller: '', isDefault: false }],
  ])('reads the IngressClass %j with annotations %j, which has no namespace', (spec, annotations, expected) => {
    const metadata = { name: 'nginx', namespace: 'shop', annotations };
    const { objects, faults } = read({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata, spec });
    expect(faults).toEqual([]);
    expect(objects).toMatchObject([{ key: '/nginx', ...expected }]);
  });

  it('reads a ConfigMap and a Namespace', () => {
    const data = { 'proxy-body-size': '8m', 'use-gzip': true };
    const config = read({ apiVersion: 'v1', kind: 'ConfigMap', data });
    expect(config.objects).toMatchObject([
      {
        key: 'default/it',
        data: new Map([
          ['proxy-body-size', '8m'],
          ['use-gzip', 'true'],
        ]),
      },
    ]);
    expect(config.faults).toEqual([
      'ObjectMalformed data[use-gzip]: must be a string, found a boolean: put it in quotes',
    ]);
    const namespace = read({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', labels: { team: 'tea' } },
    });
    expect(namespace.objects).toMatchObject([{ key: '/shop', labels: new Map([['team', 'tea']]) }]);
  });
});

describe('a Service', () => {
  it('has the defaults of Kubernetes', () => {
    const spec = {
      clusterIP: 'None',
      ports: [{ port: 80 }, { port: 81, name: 'b', targetPort: 'web', protocol: 'UDP' }, { port: 82, targetPort: 0 }],
    };
    const { objects, faults } = read({ apiVersion: 'v1', kind: 'Service', spec });
    expect(faults).toEqual([]);
    expect(objects).toMatchObject([
      { type: 'ClusterIP', clusterIp: 'None', externalName: '', externalIps: [], loadBalancerAddresses: [] },
    ]);
    expect((objects[0] as Service).ports).toEqual([
      { name: '', port: 80, protocol: 'TCP' },
      { name: 'b', port: 81, targetPort: 'web', protocol: 'UDP' },
      { name: '', port: 82, protocol: 'TCP' },
    ]);
  });

  it.each([
    [{ app: 'tea' }, true],
    [{}, false],
    [null, false],
    [undefined, false],
  ])('with the selector %j has one: %s', (selector, hasSelector) => {
    const { objects, faults } = read({ apiVersion: 'v1', kind: 'Service', spec: { selector } });
    expect([objects, faults]).toMatchObject([[{ hasSelector }], []]);
  });

  it('loses only the ports that cannot be read', () => {
    const ports = [{ port: 0 }, { port: 80 }, { port: 1.5 }, { name: 'x' }, { port: 81, protocol: 'tcp' }, 'http'];
    const { objects, faults } = read({ apiVersion: 'v1', kind: 'Service', spec: { ports } });
    expect((objects[0] as Service).ports.map(({ port }) => port)).toEqual([80]);
    expect(faults).toEqual([
      'ObjectMalformed spec.ports[0].port: must be a whole number from 1 to 65535, found 0',
      'ObjectMalformed spec.ports[2].port: must be a whole number from 1 to 65535, found 1.5',
      'ObjectMalformed spec.ports[3].port: a port is required',
      'ObjectMalformed spec.ports[4].protocol: must be one of TCP, UDP, SCTP, found "tcp"',
      'ObjectMalformed spec.ports[5]: must be an object, found a string',
    ]);
  });

  it('has its external addresses and those of a load balancer; what cannot be read of them hurts nothing else', () => {
    const spec = { type: 'LoadBalancer', externalIPs: ['198.51.100.1', 5, null], ports: [{ port: 80 }] };
    const ingress = [{ ip: '192.0.2.1' }, { hostname: 'lb.example.com', ip: '' }, 'text', { ip: 5 }];
    const { objects, faults } = read({
      apiVersion: 'v1',
      kind: 'Service',
      spec,
      status: { loadBalancer: { ingress } },
    });
    expect(objects).toMatchObject([
      {
        externalIps: ['198.51.100.1', '(malformed)', '(malformed)'],
        loadBalancerAddresses: [{ ip: '192.0.2.1' }, { hostname: 'lb.example.com' }, {}, { ip: '(malformed)' }],
        ports: [{ port: 80 }],
      },
    ]);
    expect(faults).toEqual([
      'ObjectMalformed spec.externalIPs[1]: must be a string, found a number',
      'ObjectMalformed spec.externalIPs[2]: must be a string, found null',
    ]);
  });

  it('is left out when its name holds a dot or its type is unknown', () => {
    const dotted = read({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a.b' }, spec: {} });
    const unknown = read({ apiVersion: 'v1', kind: 'Service', spec: { type: 'Magic' } });
    expect([dotted.objects, unknown.objects]).toEqual([[], []]);
    expect(unknown.faults).toEqual([
      'ObjectMalformed spec.type: must be one of ClusterIP, NodePort, LoadBalancer, ExternalName, found "Magic"',
    ]);
  });
});

describe('endpoints', () => {
  const slice = {
    metadata: { name: 'tea-1', labels: { 'kubernetes.io/service-name': 'tea-svc' } },
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080 }, { name: 'any' }, { port: 0 }],
  };

  it.each(['discovery.k8s.io/v1', 'discovery.k8s.io/v1beta1'])('are read from an EndpointSlice of %s', (apiVersion) => {
    const endpoints = [
      { addresses: ['10.1.0.1'], conditions: { ready: true, serving: true, terminating: false }, topology: { a: 'b' } },
      { addresses: ['10.1.0.2'] },
      { addresses: ['10.1.0.3'], conditions: { ready: 'yes' } },
    ];
    const { objects, faults } = read({ ...slice, apiVersion, endpoints });
    expect(objects).toMatchObject([{ key: 'default/tea-1', serviceKey: 'default/tea-svc', addressType: 'IPv4' }]);
    expect((objects[0] as EndpointSlice).endpoints).toEqual([
      { addresses: ['10.1.0.1'], ready: true, serving: true, terminating: false },
      { addresses: ['10.1.0.2'] },
      { addresses: ['10.1.0.3'], ready: false },
    ]);
    expect((objects[0] as EndpointSlice).ports).toEqual([
      { name: 'http', port: 8080, protocol: 'TCP' },
      { name: 'any', protocol: 'TCP' },
    ]);
    expect(faults.filter((fault) => !fault.startsWith('Retired'))).toEqual([
      'ObjectMalformed endpoints[2].conditions.ready: must be true or false, found a string',
      'ObjectMalformed ports[2].port: must be a whole number from 1 to 65535, found 0',
    ]);
  });

  it('of a slice whose labels name no Service are nobody’s', () => {
    expect(read({ ...slice, apiVersion: 'discovery.k8s.io/v1', metadata: { name: 'tea-1' }, ports: [] })).toEqual({
      objects: [],
      faults: [],
    });
  });

  it('of the retired kind become a slice for each subset and address family', () => {
    const subsets = [
      {
        addresses: [{ ip: '10.1.0.1' }, { ip: 'fd00::1' }],
        notReadyAddresses: [{ ip: '10.1.0.2' }],
        ports: [{ port: 8080 }],
      },
      { addresses: [{ ip: '10.1.0.3' }], ports: [{ port: 9090 }] },
    ];
    const { objects } = read({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'tea-svc' },
      subsets,
    });
    const brief = (objects as EndpointSlice[]).map(({ ref, key, serviceKey, addressType, endpoints, ports }) => [
      `${ref.kind} ${key} ${serviceKey} ${addressType} ${ports[0]?.port ?? 0}`,
      endpoints.map((endpoint) => `${endpoint.addresses.join()} ${endpoint.ready ?? '?'}`),
    ]);
    expect(brief).toEqual([
      ['Endpoints default/tea-svc#0 default/tea-svc IPv4 8080', ['10.1.0.1 true', '10.1.0.2 false']],
      ['Endpoints default/tea-svc#1 default/tea-svc IPv6 8080', ['fd00::1 true']],
      ['Endpoints default/tea-svc#2 default/tea-svc IPv4 9090', ['10.1.0.3 true']],
    ]);
  });
});

describe('a Secret', () => {
  it('is decoded; stringData wins over data', () => {
    const { objects, faults } = read({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      data: { a: 'aGVsbG8=', b: 'aGVs\nbG8=\n', c: 'aGVsbG8=', d: '' },
      stringData: { c: 'größer' },
    });
    const texts = [...(objects[0] as Secret).data].map(([key, bytes]) => [key, new TextDecoder().decode(bytes)]);
    expect(texts).toEqual([
      ['a', 'hello'],
      ['b', 'hello'],
      ['c', 'größer'],
      ['d', ''],
    ]);
    expect(faults).toEqual([]);
  });

  it.each(['aGVsbG8', 'aGVsbG8==', 'aGVs bG8=', 'a_Vs', '-----BEGIN', '='])(
    'never takes %j as base64, nor shows it',
    (value) => {
      const { objects, faults } = read({
        apiVersion: 'v1',
        kind: 'Secret',
        data: { key: value, other: 'aGVsbG8=' },
      });
      expect([...(objects[0] as Secret).data.keys()]).toEqual(['other']);
      expect(faults).toEqual([
        'ObjectMalformed data[key]: must be base64 with padding; plain text belongs into stringData',
      ]);
    },
  );

  it('shows no value that is no text either', () => {
    const { faults } = read({
      apiVersion: 'v1',
      kind: 'Secret',
      data: { pin: 4711 },
      stringData: { pin: { pin: 4711 } },
    });
    expect(faults).toEqual([
      'ObjectMalformed data[pin]: must be a string, found a number',
      'ObjectMalformed stringData[pin]: must be a string, found an object',
    ]);
  });
});

describe('parseObjects', () => {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: {} };

  it('reads the items of a List, each with its own place and faults', () => {
    const items = [service, { ...service, metadata: {} }, 5, { apiVersion: 'apps/v1', kind: 'Deployment' }];
    const readings = parseObjects({ apiVersion: 'v1', kind: 'List', items });
    expect(readings.map(({ place, reading }) => [...place, reading.kind])).toEqual([
      ['items', 0, 'ours'],
      ['items', 1, 'ours'],
      ['items', 2, 'noObject'],
      ['items', 3, 'notOurs'],
    ]);
    expect(readings[1]?.reading).toMatchObject({ objects: [], problems: [{ field: 'metadata.name' }] });
  });

  it('gives the items of a typed list their kind', () => {
    const items = [{ metadata: { name: 'a' }, spec: { rules: [] } }];
    const readings = parseObjects({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressList', items });
    expect(readings).toMatchObject([{ reading: { kind: 'ours', objects: [{ kind: 'Ingress', key: 'default/a' }] } }]);
  });

  it('refuses a list inside a list and items that are no list', () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'List', items: [] }] };
    expect(parseObjects(list)).toMatchObject([{ reading: { kind: 'noObject' } }]);
    expect(parseObjects({ ...list, items: {} })).toMatchObject([{ place: ['items'], reading: { kind: 'noObject' } }]);
    expect(parseObjects({ ...list, items: null })).toEqual([]);
  });

  it('passes over lists of kinds that are not read', () => {
    expect(parseObjects({ apiVersion: 'apps/v1', kind: 'DeploymentList', items: [1] })).toMatchObject([
      { reading: { kind: 'notOurs' } },
    ]);
  });
});
