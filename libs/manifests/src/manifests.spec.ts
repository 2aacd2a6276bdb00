import { describe, expect, it } from '@jest/globals';
import type { ObjectRef } from '@gatehouse/core';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { parseFieldPath } from './locate-field.ts';
import { readManifestText } from './manifest-file.ts';
import { Manifests } from './manifests.ts';

const cafe: ObjectRef = { kind: 'Ingress', namespace: 'default', name: 'cafe' };

const TEXT = `# The cafe
apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: cafe
  annotations:
    nginx.ingress.kubernetes.io/app-root: /tea
    "other": x
spec:
  rules:
    - host: cafe.example.com
      http:
        paths:
          - path: /tea
            pathType: Prefix
            backend: { service: { name: tea-svc, port: { number: 80 } } }
          - path: /coffee
            pathType: Prefix
            backend:
              service:
                name: coffee-svc
`;

function placeOf(field: string, text = TEXT): string {
  const place = new Manifests([readManifestText('cafe.yaml', text)]).whereIs(cafe, field);
  return place === undefined ? 'nowhere' : `${place.file}:${place.line}:${place.column}`;
}

describe('whereIs', () => {
  it.each([
    ['', 'cafe.yaml:7:1'],
    ['apiVersion', 'cafe.yaml:7:13'],
    ['metadata.name', 'cafe.yaml:10:9'],
    ['metadata.annotations[nginx.ingress.kubernetes.io/app-root]', 'cafe.yaml:12:43'],
    ['metadata.annotations["nginx.ingress.kubernetes.io/app-root"]', 'cafe.yaml:12:43'],
    ['metadata.annotations[other]', 'cafe.yaml:13:14'],
    ['metadata.annotations[missing]', 'cafe.yaml:11:3'],
    ['spec', 'cafe.yaml:14:1'],
    ['spec.rules[0]', 'cafe.yaml:16:7'],
    ['spec.rules[0].host', 'cafe.yaml:16:13'],
    ['spec.rules[0].http.paths[0].backend.service.port.number', 'cafe.yaml:21:66'],
    ['spec.rules[0].http.paths[1].path', 'cafe.yaml:22:19'],
    ['spec.rules[0].http.paths[1].backend.service.port.number', 'cafe.yaml:25:15'],
    ['spec.rules[7].host', 'cafe.yaml:15:3'],
    ['spec.tls[0].hosts[0]', 'cafe.yaml:14:1'],
  ])('finds %s', (field, expected) => {
    expect(placeOf(field)).toBe(expected);
  });

  it('finds fields in a List, in JSON and behind aliases', () => {
    const list =
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}}\n- apiVersion: networking.k8s.io/v1\n  kind: Ingress\n  metadata: {name: cafe}\n  spec: &s\n    rules: []\n';
    expect(placeOf('spec.rules', list)).toBe('cafe.yaml:9:5');
    const json =
      '{\n  "apiVersion": "networking.k8s.io/v1",\n  "kind": "Ingress",\n  "metadata": {"name": "cafe"},\n  "spec": {"rules": [{"host": "x"}]}\n}';
    expect(placeOf('spec.rules[0].host', json)).toBe('cafe.yaml:5:31');
    const alias =
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: cafe}\nx: &x\n  - host: a\nspec:\n  rules: *x\n';
    expect(placeOf('spec.rules[0].host', alias)).toBe('cafe.yaml:5:11');
  });

  it('knows nothing of objects that are in no file', () => {
    expect(new Manifests([]).whereIs(cafe, '')).toBeUndefined();
  });

  it('finds every value of an object again, however it is written', () => {
    const key = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9./-]{0,8}$/);
    const annotations = fc.dictionary(key, fc.string(), { noNullPrototype: true, minKeys: 1 });
    const style = fc.record({
      indent: fc.integer({ min: 1, max: 6 }),
      collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
    });
    fc.assert(
      fc.property(annotations, style, (given, options) => {
        // A marker at the start of each value tells where it stands.
        const marked = Object.fromEntries(Object.entries(given).map(([name], index) => [name, `marker${index}x`]));
        const object = {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'Ingress',
          metadata: { name: 'cafe', annotations: marked },
          spec: { rules: [] },
        };
        const text = `${stringify({ ...object, metadata: { name: 'before' } }, options)}---\n${stringify(object, options)}`;
        const manifests = new Manifests([readManifestText('cafe.yaml', text)]);
        for (const [name, marker] of Object.entries(marked)) {
          const place = manifests.whereIs(cafe, `metadata.annotations[${name}]`);
          const line = text.split('\n')[(place?.line ?? 0) - 1] ?? '';
          expect(line.slice((place?.column ?? 0) - 1).replace(/^"/, '')).toMatch(new RegExp(`^${marker}`));
        }
      }),
    );
  });
});

describe('parseFieldPath', () => {
  it.each([
    ['', []],
    ['spec.rules[0].http.paths[12].path', ['spec', 'rules', '0', 'http', 'paths', '12', 'path']],
    ['metadata.annotations[a.b/c]', ['metadata', 'annotations', 'a.b/c']],
    ['data["a.b"]', ['data', 'a.b']],
  ])('splits %j', (path, steps) => {
    expect(parseFieldPath(path)).toEqual(steps);
  });
});

describe('two declarations of one object', () => {
  const config = (value: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: "${value}"}\n`;

  it('leave the first one, and tell where the second one is', () => {
    const files = [
      readManifestText('a.yaml', `${config('1')}---\n${config('2')}`),
      readManifestText('b.yaml', `\n\n${config('3')}`),
    ];
    const manifests = new Manifests(files);
    expect(manifests.objects).toMatchObject([{ data: new Map([['a', '1']]) }]);
    expect(manifests.problems.map((problem) => [problem.code, problem.message, manifests.placeOf(problem)])).toEqual([
      [
        'DuplicateObject',
        'it is declared twice in a.yaml, the first one is used',
        { file: 'a.yaml', line: 6, column: 1 },
      ],
      [
        'DuplicateObject',
        'it is declared in a.yaml already, so what b.yaml says is not used',
        { file: 'b.yaml', line: 3, column: 1 },
      ],
    ]);
  });

  it('are told from two kinds of one name and two namespaces', () => {
    const text = ['ConfigMap', 'Secret'].map((kind) => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: c}\n`);
    const other = 'apiVersion: v1\nkind: Secret\nmetadata: {name: c, namespace: shop}\n';
    const manifests = new Manifests([readManifestText('a.yaml', [...text, other].join('---\n'))]);
    expect(manifests.problems).toEqual([]);
    expect(manifests.objects).toHaveLength(3);
  });
});

describe('a malformed object', () => {
  it('is told with its place, even when it has no name', () => {
    const text = 'apiVersion: v1\nkind: Service\nmetadata: {}\nspec:\n  ports:\n    - port: http\n';
    const manifests = new Manifests([readManifestText('a.yaml', text), readManifestText('b.yaml', `\n${text}`)]);
    expect(manifests.objects).toEqual([]);
    const places = manifests.problems.map((problem) => `${problem.field} ${manifests.placeOf(problem)?.line ?? 0}`);
    expect(places).toEqual(['metadata.name 3', 'spec.ports[0].port 6', 'metadata.name 4', 'spec.ports[0].port 7']);
  });
});
