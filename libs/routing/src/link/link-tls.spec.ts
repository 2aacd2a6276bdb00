import { beforeAll, describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import type { AnyObject, Secret } from '@gatehouse/kube-model';
import {
  anEndpointSlice,
  anIngress,
  anIngressClass,
  aSecret,
  aService,
  aTlsSecret,
  makeCertificate,
  resolveObjects,
  snapshotOf,
  type IngressShape,
  type ResolvedObjects,
} from '@gatehouse/testing';
import { defaultRoutingOptions, type RoutingOptions } from '../options.ts';
import { createResolver } from '../resolver.ts';

const base: readonly AnyObject[] = [anIngressClass(), aService(), anEndpointSlice()];
const resolve = (objects: readonly AnyObject[], options?: Partial<RoutingOptions>, nowMs?: number): ResolvedObjects =>
  resolveObjects([...base, ...objects], options, nowMs);

const at = (name: string, createdAtMs: number, shape: IngressShape = {}) => anIngress({ name, createdAtMs, ...shape });
const host = (name: string, ...paths: readonly string[]) => ({
  host: name,
  paths: paths.map((path) => ({ path })),
});

describe('resolve', () => {
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

    it('that are not valid yet, and says so up to the very moment', async () => {
      const start = new Date('2026-06-01T00:00:00Z');
      const { certPem, keyPem } = await makeCertificate({ hosts: ['cafe.example.com'], notBefore: start });
      const early = aSecret({ name: 'early', data: { 'tls.crt': certPem, 'tls.key': keyPem } });
      const resolver = createResolver(defaultRoutingOptions);
      const snapshot = snapshotOf([...base, early, anIngress(tlsHost('early'))]);
      const at = (nowMs: number) => {
        const { model, problems } = resolver.resolve(snapshot, nowMs);
        const certificate = model.hosts.find(({ name }) => name === 'cafe.example.com')?.certificate;
        return [certificate?.secret, ...problems.map(({ message }) => message)];
      };
      const waiting = 'the certificate of Secret "default/early" is not valid before 2026-06-01T00:00:00.000Z';
      expect(at(start.getTime() - 1)).toEqual(['default/early', waiting]);
      expect(at(start.getTime())).toEqual(['default/early']);
      expect(at(start.getTime() - 1)).toEqual(['default/early', waiting]);
      const options = { defaultCertificateSecret: objectKey('default', 'early') };
      expect(resolve([early], options, start.getTime() - 1).problems).toEqual(['CertificateNotYetValid Secret/early ']);
    });

    it('and tells of one that asks for a stapled answer, which it serves all the same', async () => {
      const { certPem, keyPem } = await makeCertificate({ hosts: ['cafe.example.com'], mustStaple: true });
      const stapled = aSecret({ name: 'stapled', data: { 'tls.crt': certPem, 'tls.key': keyPem } });
      const { host: model, problems } = resolve([stapled, anIngress(tlsHost('stapled'))]);
      expect(model('cafe.example.com').certificate?.secret).toBe('default/stapled');
      expect(problems).toEqual(['CertificateNeedsStapling Ingress/cafe spec.tls[0].secretName → stapled']);
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
});
