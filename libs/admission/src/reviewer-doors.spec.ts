/**
 * Duty: Services and ConfigMaps at the gate.
 */
import { objectKey } from '@gatehouse/core';
import type { AnyObject } from '@gatehouse/kube-model';
import { defaultRoutingOptions, type RoutingOptions } from '@gatehouse/routing';
import { aConfigMap, anIngress, anIngressClass, aService, snapshotOf } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import { AdmissionIndex } from './admission-index.ts';
import { parseReview } from './parse-review.ts';
import { renderAnswer } from './render-answer.ts';
import { createReviewer } from './reviewer.ts';

const options: RoutingOptions = {
  ...defaultRoutingOptions,
  configMap: objectKey('gate', 'settings'),
  tcpServicesConfigMap: objectKey('gate', 'tcp'),
};
const classes = [anIngressClass(), anIngressClass({ name: 'other', controller: 'example.com/other' })];
const user = anIngress({ rules: [{ host: 'a.example.com', paths: [{ backend: 'tea-svc:80' }] }] });

interface Ask {
  readonly kind: 'ConfigMap' | 'Service';
  readonly object: unknown;
  readonly oldObject?: unknown;
  readonly operation?: string;
  readonly world?: readonly AnyObject[];
  readonly routing?: RoutingOptions;
}

function ask({ kind, object, oldObject, operation, world = [], routing = options }: Ask) {
  const request = {
    uid: 'u1',
    kind: { group: '', version: 'v1', kind },
    operation: operation ?? (oldObject === undefined ? 'CREATE' : 'UPDATE'),
    object,
    oldObject: oldObject ?? null,
  };
  const parsed = parseReview({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
  if (!parsed.ok) throw new Error(parsed.error);
  const index = AdmissionIndex.of(snapshotOf([...classes, ...world]), routing);
  const reviewed = createReviewer(routing).review(parsed.value, { index, nowMs: 0 });
  if (!reviewed.ok) throw new Error(reviewed.error);
  const line = ({ code, field }: { code: string; field: string }): string => `${code} ${field}`;
  return {
    denied: reviewed.value.denials.map(line),
    warned: reviewed.value.warnings.map(line),
    message: renderAnswer('u1', reviewed.value).response.status?.message ?? '',
  };
}

const service = (externalName: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'tea-svc', namespace: 'default' },
  spec: { type: 'ExternalName', externalName, ...more },
});
const forbidden = 'ExternalNameForbidden spec.externalName';
const nothing = { denied: [], warned: [] };

describe('a Service that leads to where nothing may go', () => {
  it.each(['localhost', '127.0.0.1', '169.254.169.254', 'metadata.google.internal.', '0x7f.1'])(
    'is denied: %s',
    (name) => {
      const { denied, message } = ask({ kind: 'Service', object: service(name), world: [user] });
      expect(denied).toEqual([forbidden]);
      expect(message).toContain(JSON.stringify(name));
      expect(message).toContain('Ingress default/cafe uses it');
    },
  );

  it('passes in silence as long as nothing of ours uses it', () => {
    const object = service('localhost');
    const elsewhere = anIngress({
      namespace: 'other',
      rules: [{ host: 'a', paths: [{ backend: 'tea-svc:80' }] }],
    });
    const foreign = anIngress({ className: 'other', rules: [{ host: 'a', paths: [{ backend: 'tea-svc:80' }] }] });
    expect(ask({ kind: 'Service', object, world: [elsewhere, foreign] })).toMatchObject(nothing);
    expect(
      ask({
        kind: 'Service',
        object,
        world: [elsewhere, foreign, anIngress({ name: 'x', defaultBackend: 'tea-svc:80' })],
      }),
    ).toMatchObject({ denied: [forbidden] });
  });

  it('is used by TCP ports and as default backend, too', () => {
    const object = service('localhost');
    const tcp = aConfigMap({ namespace: 'gate', name: 'tcp', data: { '5432': 'default/tea-svc:5432' } });
    const used = ask({ kind: 'Service', object, world: [tcp] });
    expect(used.denied).toEqual([forbidden]);
    expect(used.message).toContain('ConfigMap gate/tcp uses it');
    const routing = { ...options, defaultBackendService: objectKey('default', 'tea-svc') };
    expect(ask({ kind: 'Service', object, routing }).denied).toEqual([forbidden]);
  });

  it('only warns when it led there before, and is denied when it comes to lead there', () => {
    const [object, world] = [service('localhost'), [user]];
    const touched = { ...object, metadata: { ...object.metadata, labels: { a: 'b' } } };
    expect(ask({ kind: 'Service', object: touched, oldObject: object, world })).toMatchObject({
      denied: [],
      warned: [forbidden],
    });
    expect(ask({ kind: 'Service', object, oldObject: service('127.0.0.1'), world }).denied).toEqual([forbidden]);
    expect(ask({ kind: 'Service', object, oldObject: service('api.example.com'), world }).denied).toEqual([forbidden]);
    const clusterIp = { ...object, spec: { type: 'ClusterIP', clusterIP: '10.0.0.1', externalName: 'localhost' } };
    expect(ask({ kind: 'Service', object, oldObject: clusterIp, world }).denied).toEqual([forbidden]);
    expect(ask({ kind: 'Service', object: clusterIp, oldObject: object, world })).toMatchObject(nothing);
  });

  it('passes where no such Service is ever used', () => {
    const routing = { ...options, ignoreExternalNames: true };
    expect(ask({ kind: 'Service', object: service('localhost'), world: [user], routing })).toMatchObject(nothing);
  });
});

describe('every other Service', () => {
  it.each([
    ['with an honest name', service('api.example.com')],
    ['of another type', { ...service(''), spec: { ports: [{ port: 80 }] } }],
    ['that cannot be read', { ...service(''), spec: 7 }],
  ])('%s passes', (_, object) => {
    expect(ask({ kind: 'Service', object, world: [user] })).toMatchObject(nothing);
  });

  it('with a name that leads nowhere warns who uses it', () => {
    const result = ask({ kind: 'Service', object: service('192.0.2.1'), world: [user] });
    expect(result).toMatchObject({ denied: [], warned: ['ExternalNameInvalid spec.externalName'] });
  });
});

const configMap = (name: string, data: Readonly<Record<string, string>>, namespace = 'gate') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

describe("the operator's ConfigMaps", () => {
  it('are denied for malformed values, and warn of unknown keys', () => {
    const object = configMap('settings', { 'proxy-body-size': 'much', 'proxy-bodysize': '8m' });
    expect(ask({ kind: 'ConfigMap', object })).toMatchObject({
      denied: ['SettingInvalid data[proxy-body-size]'],
      warned: ['SettingUnknown data[proxy-bodysize]'],
    });
  });

  it('only warn of what was there before', () => {
    const before = configMap('settings', { 'proxy-body-size': 'much' });
    const after = configMap('settings', { 'proxy-body-size': 'much', 'proxy-read-timeout': 'long' });
    expect(ask({ kind: 'ConfigMap', object: after, oldObject: before })).toMatchObject({
      denied: ['SettingInvalid data[proxy-read-timeout]'],
      warned: ['SettingInvalid data[proxy-body-size]'],
    });
    expect(ask({ kind: 'ConfigMap', object: before, oldObject: before }).denied).toEqual([]);
    expect(ask({ kind: 'ConfigMap', object: configMap('settings', {}), oldObject: after })).toMatchObject(nothing);
  });

  it('of TCP services are judged entry by entry', () => {
    const object = configMap('tcp', {
      '5432': 'default/tea-svc:80',
      x: 'default/tea-svc:80',
      '1': 'nonsense',
      '2': 'a/gone:1',
    });
    expect(ask({ kind: 'ConfigMap', object, world: [aService()] })).toMatchObject({
      denied: ['StreamInvalid data[1]', 'StreamInvalid data[x]'],
      warned: ['ServiceMissing data[2]'],
    });
    const self = aService({ name: 'self', type: 'ExternalName', externalName: 'localhost', ports: [] });
    const hidden = configMap('tcp', { '1': 'default/self:80' });
    expect(ask({ kind: 'ConfigMap', object: hidden, world: [self] }).denied).toEqual(['ExternalNameForbidden data[1]']);
  });

  it('are judged although the watch has not seen them, or sees an older form', () => {
    const object = configMap('settings', { 'proxy-body-size': 'much' });
    const stored = aConfigMap({ namespace: 'gate', name: 'settings', data: { 'proxy-body-size': 'much' } });
    expect(ask({ kind: 'ConfigMap', object, world: [stored] }).denied).toEqual([
      'SettingInvalid data[proxy-body-size]',
    ]);
  });
});

describe('every other ConfigMap', () => {
  it.each([
    ['of another name', configMap('other', { 'proxy-body-size': 'much' })],
    ['of another namespace', configMap('settings', { 'proxy-body-size': 'much' }, 'default')],
    ['that cannot be read', { ...configMap('other', {}), data: 7 }],
  ])('%s passes untouched', (_, object) => {
    expect(ask({ kind: 'ConfigMap', object })).toMatchObject(nothing);
  });

  it('passes when it is deleted', () => {
    const object = configMap('settings', { 'proxy-body-size': 'much' });
    expect(ask({ kind: 'ConfigMap', operation: 'DELETE', object, oldObject: object })).toMatchObject(nothing);
  });
});
