import { describe, expect, it } from '@jest/globals';
import { readFileOfCorpus } from './read-corpus.ts';
import { asV1beta1, reviewOf } from './review-of.ts';
import { snapshotOfJson } from './world-of-case.ts';

const read = (text: string) => readFileOfCorpus('hosts/some-file.yaml', text);
const caseWith = (more: string) => `idea: Some idea\ncases: [{ title: A title, verdict: admitted, ${more} }]`;

describe('a file of the corpus', () => {
  it('says in few words what becomes a whole object in a namespace and on a host of its own', () => {
    const [one] = read(caseWith('ingress: { path: /tea, annotations: { app-root: /x, other/key: y }, tls: pair }'));
    const host = 'hosts-some-file-1.example.com';
    const backend = { service: { name: 'web', port: { number: 80 } } };
    expect(one?.object).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: {
        name: 'candidate',
        namespace: 'hosts-some-file-1',
        annotations: { 'nginx.ingress.kubernetes.io/app-root': '/x', 'other/key': 'y' },
      },
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: [host], secretName: 'pair' }],
        rules: [{ host, http: { paths: [{ path: '/tea', pathType: 'Prefix', backend }] } }],
      },
    });
  });

  it('always has a class and a Service, which a case can replace', () => {
    const world = (more: string) => [...snapshotOfJson(read(caseWith(more))[0]?.world ?? []).services.values()];
    expect(world('ingress: {}')).toMatchObject([{ key: 'hosts-some-file-1/web', type: 'ClusterIP' }]);
    const service = '{ apiVersion: v1, kind: Service, metadata: { name: web }, spec: { type: NodePort } }';
    expect(world(`ingress: {}, world: [${service}]`)).toMatchObject([
      { key: 'hosts-some-file-1/web', type: 'NodePort' },
    ]);
  });

  it('takes the last object of a name, so that a case can replace what its file says', () => {
    const service = (type: string) =>
      `{ apiVersion: v1, kind: Service, metadata: { name: web }, spec: { type: ${type} } }`;
    const [one] = read(
      `world: [${service('NodePort')}]\n${caseWith(`ingress: {}, world: [${service('LoadBalancer')}]`)}`,
    );
    const services = [...snapshotOfJson(one?.world ?? []).services.values()];
    expect(services.map(({ type }) => type)).toEqual(['LoadBalancer']);
  });

  it('has tags for long texts and long lists', () => {
    const [one] = read(caseWith('object: { kind: !join [a, !repeat [bc, 2]], list: !list [2, { n: xNUMBER }] }'));
    expect(one?.object).toMatchObject({ kind: 'abcbc', list: [{ n: 'x0' }, { n: 'x1' }] });
  });

  it('expects Problems of the annotation that it is about, unless it names a field', () => {
    const [one] = read(
      caseWith('annotation: app-root, value: /x, warnings: [{ code: A }, { code: B, field: spec, says: [x, y] }]'),
    );
    expect(one?.warnings).toEqual([
      { code: 'A', field: 'metadata.annotations[nginx.ingress.kubernetes.io/app-root]', says: [] },
      { code: 'B', field: 'spec', says: ['x', 'y'] },
    ]);
  });

  it.each([
    ['an unknown key', caseWith('ingress: {}, verdikt: denied'), 'a case has no verdikt'],
    ['an unknown key of an Ingress in short', caseWith('ingress: { hots: x }'), 'a ingress has no hots'],
    ['an unknown key of a Problem', caseWith('ingress: {}, warnings: [{ kode: A }]'), 'a problem has no kode'],
    ['an unknown key of the file', 'idea: Some idea\ncases: []\nx: 1', 'a file has no x'],
    ['nothing to judge', caseWith('hostile: true'), 'there must be one of'],
    ['two things to judge', caseWith('ingress: {}, object: {}'), 'there must be one of'],
    ['a value of no annotation', caseWith('value: x'), 'of which annotation?'],
    ['a Problem of no field', caseWith('ingress: {}, warnings: [{ code: A }]'), 'of which field?'],
    ['no cases', 'idea: Some idea\ncases: []', 'cases must be a list'],
    ['a reason to admit', caseWith('ingress: {}, reasons: [{ code: A, field: b }]'), 'denied for reasons, or admitted'],
    ['an object of the world without a kind', caseWith('ingress: {}, world: [{ metadata: {} }]'), 'must have a kind'],
    [
      'two cases of one title',
      'idea: Some idea\ncases: [&a { title: A title, verdict: admitted, ingress: {} }, *a]',
      'several cases have the title A title',
    ],
    ['no YAML', 'idea: [', 'some-file.yaml: '],
    ['a tag that nobody knows', caseWith('ingress: { path: !base64 x }'), 'Unresolved tag'],
  ])('is refused with %s', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe('a case of the corpus', () => {
  const [one] = read(
    caseWith(
      'ingress: { path: /new }, before: { ingress: { path: /old } }, warnings: [{ code: A, field: a.service.port }]',
    ),
  );
  if (one === undefined) throw new Error('there is no case');

  it('asks about the replacement of its stored form', () => {
    expect(reviewOf(one)).toMatchObject({
      request: {
        operation: 'UPDATE',
        kind: { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' },
        object: one.object,
        oldObject: one.before,
      },
    });
  });

  it('can be said in the retired version', () => {
    const paths = [{ path: '/new', pathType: 'Prefix', backend: { serviceName: 'web', servicePort: 80 } }];
    expect(asV1beta1(one)).toMatchObject({
      object: { apiVersion: 'networking.k8s.io/v1beta1', spec: { rules: [{ http: { paths } }] } },
      before: { apiVersion: 'networking.k8s.io/v1beta1' },
      warnings: [{ field: 'a.servicePort' }],
    });
  });

  it.each(['spec: 7', 'spec: { rules: 7 }', 'spec: { defaultBackend: { resource: {} } }', 'metadata: {}'])(
    'cannot when it has %s',
    (part) => {
      const [odd] = read(caseWith(`object: { apiVersion: networking.k8s.io/v1, kind: Ingress, ${part} }`));
      expect(odd && asV1beta1(odd)).toBeUndefined();
    },
  );
});
