import { objectKey } from '@gatehouse/core';
import { defaultRoutingOptions } from '@gatehouse/routing';
import { aConfigMap, aNamespace, anIngress, anIngressClass, aService, snapshotOf } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import { AdmissionIndex } from './admission-index.ts';
import { parseReview } from './parse-review.ts';
import { renderAnswer } from './render-answer.ts';
import { createReviewer } from './reviewer.ts';

const options = { ...defaultRoutingOptions, policyConfigMap: objectKey('ops', 'policy') };

type Data = Readonly<Record<string, string>>;

const policyOf = (data: Data) => aConfigMap({ namespace: 'ops', name: 'policy', data });

/** A cluster in which shop uses its host already. */
function clusterWith(data: Data): AdmissionIndex {
  const services = ['shop', 'evil'].map((namespace) => aService({ namespace }));
  const shop = anIngress({ namespace: 'shop', rules: [{ host: 'shop.example.com', paths: [{ path: '/a' }] }] });
  const snapshot = snapshotOf([anIngressClass(), policyOf(data), aNamespace({ name: 'shop' }), ...services, shop]);
  return AdmissionIndex.of(snapshot, options);
}

function review(index: AdmissionIndex, request: Readonly<Record<string, unknown>>) {
  const review = { uid: 'u1', operation: request['oldObject'] === undefined ? 'CREATE' : 'UPDATE', ...request };
  const parsed = parseReview({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: review });
  if (!parsed.ok) throw new Error(parsed.error);
  const verdict = createReviewer(options).review(parsed.value, { index, nowMs: 1 });
  if (!verdict.ok) throw new Error(verdict.error);
  const { denials, warnings, audited } = verdict.value;
  const codes = (found: typeof denials): readonly string[] => found.map(({ code }) => code);
  return {
    denied: codes(denials),
    warned: codes(warnings),
    audited: codes(audited),
    answer: renderAnswer('u1', verdict.value),
  };
}

interface Wish {
  readonly host: string | undefined;
  readonly path?: string;
}

function ingressJson(...wishes: readonly Wish[]): object {
  const backend = { service: { name: 'tea-svc', port: { number: 80 } } };
  const rules = wishes.map(({ host, path = '/' }) => ({
    host,
    http: { paths: [{ path, pathType: 'Prefix', backend }] },
  }));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web', namespace: 'evil', creationTimestamp: '2020-01-01T00:00:00Z' },
    spec: { ingressClassName: 'nginx', rules },
  };
}

const ingress = { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' };
const evil = { kind: ingress, object: ingressJson({ host: 'shop.example.com', path: '/evil' }) };
const owned = { 'host-ownership': 'enforce', 'host-owners': 'shop.example.com: shop' };

describe('the policy at the gate', () => {
  it('refuses a host of others, with the words of the controller', () => {
    const { denied, answer } = review(clusterWith(owned), evil);
    expect(denied).toEqual(['HostNotOwned']);
    expect(answer.response.status?.message).toMatch(
      /^spec\.rules\[0\]\.host: host "shop\.example\.com" belongs to namespace shop by the suffix "shop\.example\.com", so/,
    );
  });

  it.each([
    ['off', false, []],
    ['audit', false, ['HostNotOwnedYet']],
    ['warn', true, []],
  ])('admits it in mode %s', (mode, isWarned, audited) => {
    const found = review(clusterWith({ ...owned, 'host-ownership': mode }), evil);
    expect(found).toMatchObject({ denied: [], audited });
    expect(found.warned.includes('HostNotOwnedYet')).toBe(isWarned);
  });

  it('lets what was there before be changed, as long as it takes no other host', () => {
    const oldObject = ingressJson({ host: 'shop.example.com', path: '/evil' });
    const other = ingressJson({ host: 'shop.example.com', path: '/other' });
    const more = ingressJson({ host: 'shop.example.com', path: '/evil' }, { host: 'x.shop.example.com' });
    const index = clusterWith(owned);
    expect(review(index, { kind: ingress, oldObject, object: other })).toMatchObject({
      denied: [],
      warned: ['HostNotOwned'],
    });
    expect(review(index, { kind: ingress, oldObject, object: more }).denied).toEqual(['HostNotOwned']);
  });

  it('does not let rules be taken away so that a default backend answers for every host', () => {
    const withDefault = (object: object): object => ({
      ...object,
      spec: {
        ...(object as { spec: object }).spec,
        defaultBackend: { service: { name: 'tea-svc', port: { number: 80 } } },
      },
    });
    const oldObject = withDefault(ingressJson({ host: 'evil.example.com' }));
    const found = review(clusterWith(owned), { kind: ingress, oldObject, object: withDefault(ingressJson()) });
    expect(found.denied).toEqual(['HostNotOwned']);
  });

  it('does not take the end of a canary, which competes for nothing, for one that only takes away', () => {
    const object = ingressJson({ host: 'shop.example.com', path: '/a' }) as { metadata: object };
    const annotations = { 'nginx.ingress.kubernetes.io/canary': 'true' };
    const oldObject = { ...object, metadata: { ...object.metadata, annotations } };
    expect(review(clusterWith(owned), { kind: ingress, object, oldObject }).denied).toEqual(['HostNotOwned']);
  });

  it('lets the owner take a delegation back, whatever the delegate loses', () => {
    const annotations = { 'nginx.ingress.kubernetes.io/delegate-hosts-to': 'evil' };
    const index = clusterWith(owned);
    const guest = anIngress({ namespace: 'evil', rules: [{ host: 'shop.example.com', paths: [{ path: '/evil' }] }] });
    index.change(undefined, guest);
    const without = ingressJson({ host: 'shop.example.com', path: '/b' }) as { metadata: object };
    const object = { ...without, metadata: { ...without.metadata, namespace: 'shop' } };
    const oldObject = { ...object, metadata: { ...object.metadata, annotations } };
    expect(review(index, { kind: ingress, object, oldObject }).denied).toEqual([]);
  });
});

describe('modes and exemptions at the gate', () => {
  const bad = { kind: ingress, object: ingressJson({ host: '10.0.0.1' }) };
  const noService = { kind: ingress, object: ingressJson({ host: 'a.example.com' }) };
  const missing = (index: AdmissionIndex): AdmissionIndex => {
    index.change(aService({ namespace: 'evil' }), undefined);
    return index;
  };

  it.each([
    ['nothing', '', ['HostIsIpAddress'], [], []],
    ['warn', 'HostIsIpAddress: warn', [], ['HostIsIpAddress'], []],
    ['audit', 'HostIsIpAddress: audit', [], [], ['HostIsIpAddress']],
    ['warn here', 'HostIsIpAddress in evil, b: warn', [], ['HostIsIpAddress'], []],
    ['audit, but warn here', 'HostIsIpAddress: audit\nHostIsIpAddress in evil: warn', [], ['HostIsIpAddress'], []],
    ['warn elsewhere', 'HostIsIpAddress in shop: warn', ['HostIsIpAddress'], [], []],
    ['warn of another rule', 'HostInvalid: warn', ['HostIsIpAddress'], [], []],
  ])('loosen a rule: %s', (_, modes, denied, warned, audited) => {
    const { answer, ...found } = review(clusterWith({ modes }), bad);
    expect(found).toEqual({ denied, warned, audited });
    expect(answer.response.auditAnnotations?.['audited']).toBe(audited[0]);
  });

  it.each([
    ['modes', 'PathConflict in evil: warn', ['PathConflict']],
    ['modes', 'PathConflict in evil: audit', ['PathConflict']],
    ['exemptions', 'evil/web: PathConflict', ['PathConflict']],
    ['modes', 'PathConflict in evil, shop: warn', []],
    ['modes', 'PathConflict: warn', []],
  ])('let nobody take from others what those did not agree to: %s %s', (key, lines, denied) => {
    const index = clusterWith({ [key]: lines });
    index.change(undefined, {
      ...anIngress({
        namespace: 'shop',
        name: 'young',
        rules: [{ host: 'shop.example.com', paths: [{ path: '/y' }] }],
      }),
      createdAtMs: Date.parse('2025-01-01T00:00:00Z'),
    });
    const oldObject = ingressJson({ host: 'evil.example.com', path: '/y' });
    const object = ingressJson({ host: 'shop.example.com', path: '/y' });
    expect(review(index, { kind: ingress, object, oldObject }).denied).toEqual(denied);
  });

  it('tighten what only warns', () => {
    expect(review(missing(clusterWith({})), noService)).toMatchObject({ denied: [], warned: ['ServiceMissing'] });
    const strict = missing(clusterWith({ modes: 'ServiceMissing: enforce' }));
    expect(review(strict, noService)).toMatchObject({ denied: ['ServiceMissing'], warned: [] });
  });

  it('say nothing of an Ingress that is exempt by name', () => {
    const found = (exemptions: string) => review(clusterWith({ ...owned, exemptions }), bad);
    expect(found('evil/web: HostIsIpAddress')).toMatchObject({ denied: [], warned: [], audited: [] });
    expect(found('evil/web: *').denied).toEqual([]);
    expect(found('evil/other: *').denied).toEqual(['HostIsIpAddress']);
    expect(review(clusterWith({ ...owned, exemptions: 'evil/web: HostNotOwned' }), evil).denied).toEqual([]);
  });
});

describe('the policy ConfigMap at the gate', () => {
  const kind = { group: '', version: 'v1', kind: 'ConfigMap' };
  const json = (data: Data, name = 'policy'): object => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'ops' },
    data,
  });

  it('is refused when a line cannot be read, whatever the policy that is in force says', () => {
    const broken = json({ ...owned, 'host-owners': 'shop.example.com shop' });
    const { denied, answer } = review(clusterWith({}), { kind, object: broken });
    expect(denied).toEqual(['PolicyInvalid']);
    expect(answer.response.status?.message).toMatch(
      /^data\[host-owners\]: line 1: "shop\.example\.com shop" has no colon;/,
    );
    expect(review(clusterWith({ modes: 'PolicyInvalid: audit' }), { kind, object: broken }).denied).toEqual([
      'PolicyInvalid',
    ]);
  });

  it('passes when it can be read, and so does every other ConfigMap', () => {
    expect(review(clusterWith({}), { kind, object: json(owned) })).toMatchObject({ denied: [], warned: [] });
    expect(review(clusterWith({}), { kind, object: json({ 'host-owners': 'x' }, 'other') })).toMatchObject({
      denied: [],
    });
  });

  it('is judged by what a change makes worse', () => {
    const oldObject = json({ 'host-owners': 'x' });
    expect(review(clusterWith({}), { kind, oldObject, object: json({ ...owned, 'host-owners': 'x' }) })).toMatchObject({
      denied: [],
      warned: ['PolicyInvalid'],
    });
    expect(review(clusterWith({}), { kind, oldObject, object: json({ 'host-owners': 'x\ny' }) }).denied).toEqual([
      'PolicyInvalid',
    ]);
  });
});
