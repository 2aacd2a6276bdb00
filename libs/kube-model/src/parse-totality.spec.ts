import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasSameContent } from './same-content.ts';
import { parseObject, parseObjects, type Reading } from './parse-object.ts';

const anyTree = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withTypedArray: true,
});
const backend = { service: { name: 'tea-svc', port: { number: 80 } } };

/** Valid objects of every kind that is read. */
const valid: readonly unknown[] = [
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'cafe', namespace: 'shop', annotations: { a: 'b' }, creationTimestamp: '2026-01-31T12:00:00Z' },
    spec: {
      ingressClassName: 'nginx',
      defaultBackend: backend,
      tls: [{ hosts: ['cafe.example.com'], secretName: 'cafe-secret' }],
      rules: [{ host: 'cafe.example.com', http: { paths: [{ path: '/tea', pathType: 'Prefix', backend }] } }],
    },
    status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
  },
  {
    apiVersion: 'extensions/v1beta1',
    kind: 'Ingress',
    metadata: { name: 'cafe' },
    spec: { rules: [{ http: { paths: [{ backend: { serviceName: 'tea-svc', servicePort: 'http' } }] } }] },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'nginx' },
    spec: { controller: 'a/b' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'tea-svc' },
    spec: {
      type: 'ClusterIP',
      clusterIP: 'None',
      ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
    },
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'tea-1', labels: { 'kubernetes.io/service-name': 'tea-svc' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.1.0.1'], conditions: { ready: true } }],
    ports: [{ name: 'http', port: 8080 }],
  },
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'tea-svc' },
    subsets: [{ addresses: [{ ip: '10.1.0.1' }], notReadyAddresses: [{ ip: 'fd00::1' }], ports: [{ port: 8080 }] }],
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    type: 'Opaque',
    data: { a: 'aGk=' },
    stringData: { b: 'c' },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: 'b' } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { a: 'b' } } },
];

type Way = readonly (number | string)[];

function waysInto(value: unknown): readonly Way[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]): readonly Way[] => [
    [key],
    ...waysInto(child).map((way) => [key, ...way]),
  ]);
}

function withReplaced(value: unknown, [step, ...rest]: Way, replacement: unknown): unknown {
  if (step === undefined) return replacement;
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...(value as object) };
  copy[step] = withReplaced(copy[step], rest, replacement);
  return copy;
}

const mutated = fc
  .constantFrom(...valid.flatMap((object) => waysInto(object).map((way) => ({ object, way }))))
  .chain(({ object, way }) => anyTree.map((replacement) => ({ way, json: withReplaced(object, way, replacement) })));

function checkReading(reading: Reading): void {
  if (reading.kind !== 'ours') return;
  for (const object of reading.objects) {
    expect(Object.isFrozen(object)).toBe(true);
    expect(object.ref.name).not.toBe('');
    expect(object.key.split('/')).toHaveLength(2);
    expect(Number.isSafeInteger(object.createdAtMs)).toBe(true);
  }
  for (const problem of reading.problems) expect(problem.message).not.toMatch(/[\n\r\0]/);
  if (reading.objects.length === 0 && !isNobodysSlice(reading)) expect(reading.problems).not.toEqual([]);
}

/** A slice without a label and Endpoints without addresses are right, and hold nothing. */
function isNobodysSlice({ ref }: Extract<Reading, { kind: 'ours' }>): boolean {
  return ref.kind === 'EndpointSlice' || ref.kind === 'Endpoints';
}

describe('reading unknown JSON', () => {
  it('has examples that are right, so that the mutations below start from sense', () => {
    for (const json of valid) {
      const reading = parseObject(json);
      expect(reading).toMatchObject({ kind: 'ours' });
      expect(reading.kind === 'ours' && reading.objects.length).toBeGreaterThan(0);
      expect(reading.kind === 'ours' && reading.problems.filter(({ code }) => code !== 'RetiredApiVersion')).toEqual(
        [],
      );
    }
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(anyTree, (json) => parseObjects(json).forEach(({ reading }) => checkReading(reading))));
  });

  it('never throws and never hands out a half-read object when one field of a valid object is anything', () => {
    fc.assert(
      fc.property(mutated, ({ json }) => checkReading(parseObject(json))),
      { numRuns: 3000 },
    );
  });

  it('names the field that is wrong, or one around it, when it is of no type that Kubernetes has there', () => {
    const inSpec = mutated
      .map(({ way, json }) => ({ way, json }))
      .filter(({ way }) => way[0] !== 'kind' && way[0] !== 'apiVersion');
    fc.assert(
      fc.property(inSpec, ({ way, json }) => {
        const reading = parseObject(json);
        if (reading.kind !== 'ours') return;
        const place = describeWay(way);
        for (const { code, field } of reading.problems) {
          if (code !== 'ObjectMalformed') continue;
          expect(place.startsWith(field) || field.startsWith(place) || isAboutAbsence(field)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the same content for the same JSON', () => {
    fc.assert(fc.property(mutated, ({ json }) => hasSameContent(parseObject(json), parseObject(json))));
  });
});

function describeWay(way: Way): string {
  return way
    .map((step) => (/^\d+$/.test(String(step)) ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '')
    .replace(/^(data|stringData|metadata\.annotations|metadata\.labels)\.(.*)$/, '$1[$2]');
}

/** Replacing an ancestor can leave required fields absent. */
function isAboutAbsence(field: string): boolean {
  return ['metadata.name', 'spec', 'addressType'].includes(field);
}
