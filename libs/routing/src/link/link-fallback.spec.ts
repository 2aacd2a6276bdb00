import { describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import type { AnyObject } from '@gatehouse/kube-model';
import {
  anEndpointSlice,
  anIngress,
  anIngressClass,
  aService,
  resolveObjects,
  type IngressShape,
  type ResolvedObjects,
} from '@gatehouse/testing';
import type { Fallback } from '../model.ts';
import type { RoutingOptions } from '../options.ts';

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

describe('resolve', () => {
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
      [{ 'custom-http-errors': '404' }, [undefined]],
      [{ 'custom-http-errors': '404', 'default-backend': 'errors' }, ['default/errors:8080']],
      [{ 'default-backend': 'idle' }, [undefined]],
      [{ 'default-backend': 'no' }, [undefined, `ServiceMissing Ingress/cafe ${field}`]],
    ])('for %j', (annotations, expected) => {
      expect(errorBackend(annotations, globalBackend)).toEqual(expected);
    });

    it.each([
      ['nothing', {}, undefined],
      ['the annotation', { [`${prefix}/default-backend`]: 'errors' }, 'default/errors:80'],
    ])('of a spec.defaultBackend as of routes, for %s', (_, annotations, expected) => {
      const { fallback, routes } = resolve(
        [
          aService({ name: 'errors' }),
          anEndpointSlice({ service: 'errors' }),
          anIngress({ annotations, defaultBackend: 'tea-svc:80', rules: [host('a.example', '/x')] }),
        ],
        globalBackend,
      ).host('a.example');
      expect([fallback?.errorBackend?.id, routes[0]?.errorBackend?.id]).toEqual([expected, expected]);
    });

    it('everywhere else in the global default backend', () => {
      expect(resolve([anIngress()], globalBackend).model.defaultBackend?.id).toBe('default/coffee-svc:80');
      expect(resolve([anIngress()]).model.defaultBackend).toBeUndefined();
    });
  });
});
