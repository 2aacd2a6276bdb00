import type { Ingress, Service } from '@gatehouse/kube-model';
import { describe, expect, it } from '@jest/globals';
import { readCandidate } from './read-candidate.ts';

const spec = { rules: [{ host: 'a.example.com' }] };
const ingress = (metadata: unknown, apiVersion = 'networking.k8s.io/v1') => ({
  apiVersion,
  kind: 'Ingress',
  metadata,
  spec,
});
const read = (json: Readonly<Record<string, unknown>>, namespace = '') =>
  readCandidate<Ingress>(json, { kind: 'Ingress', namespace });

describe('the object of a request', () => {
  it.each(['networking.k8s.io/v1', 'networking.k8s.io/v1beta1', 'extensions/v1beta1'])(
    'is read in version %s',
    (version) => {
      const candidate = read(ingress({ name: 'x', namespace: 'a' }, version));
      expect(candidate).toMatchObject({
        ref: { kind: 'Ingress', namespace: 'a', name: 'x' },
        object: { apiVersion: version },
      });
    },
  );

  it('is none when it is of another kind, or nothing at all', () => {
    expect(readCandidate<Service>(ingress({ name: 'x' }), { kind: 'Service', namespace: '' })).toBeUndefined();
    expect(read({ kind: 'Ingress' })).toBeUndefined();
    expect(read({ ...ingress({ name: 'x' }), apiVersion: 'example.com/v1' })).toBeUndefined();
  });

  it.each([
    ['missing', { name: 'x' }],
    ['empty', { name: 'x', namespace: '' }],
    ['null', { name: 'x', namespace: null }],
  ])('is in the namespace of the request when its own is %s', (_, metadata) => {
    expect(read(ingress(metadata), 'shop')?.object?.key).toBe('shop/x');
  });

  it('is in the namespace that it names, whatever the request says', () => {
    expect(read(ingress({ name: 'x', namespace: 'own' }), 'shop')?.object?.key).toBe('own/x');
  });

  it('has a made-up name as long as it has none', () => {
    expect(read(ingress({ generateName: 'cafe-' }))?.ref.name).toBe('cafe-aaaaa');
    expect(read(ingress({ generateName: 'cafe-', name: '' }))?.ref.name).toBe('cafe-aaaaa');
    expect(read(ingress({ generateName: 'cafe-', name: 'tea' }))?.ref.name).toBe('tea');
    expect(read(ingress({ generateName: 'c'.repeat(300) }))?.ref.name).toHaveLength(253);
  });

  it('is malformed, not none, without a name or with metadata that is none', () => {
    for (const metadata of [{}, [], 7, null, { generateName: 7 }]) {
      const candidate = read(ingress(metadata));
      expect(candidate?.object).toBeUndefined();
      expect(candidate?.problems.map(({ code }) => code)).toContain('ObjectMalformed');
    }
  });
});
