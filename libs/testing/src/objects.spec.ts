import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import { aService, aTlsSecret, anEndpointSlice, anIngress, snapshotOf } from './objects.ts';

describe('the builders of objects', () => {
  it('read backends in short form', () => {
    const paths = [{ backend: 'tea-svc:80' }, { path: '/b', pathType: 'Exact', backend: 'coffee-svc:http' }];
    const { rules } = anIngress({ rules: [{ host: 'cafe.example.com', paths }] });
    expect(rules).toEqual([
      {
        host: 'cafe.example.com',
        paths: [
          {
            path: '/',
            pathType: 'Prefix',
            backend: { kind: 'service', name: 'tea-svc', port: { kind: 'number', number: 80 } },
          },
          {
            path: '/b',
            pathType: 'Exact',
            backend: { kind: 'service', name: 'coffee-svc', port: { kind: 'name', name: 'http' } },
          },
        ],
      },
    ]);
  });

  it('put the objects into a snapshot where routing looks for them', () => {
    const ingress = anIngress();
    const service = aService({ namespace: 'shop' });
    const slice = anEndpointSlice({ namespace: 'shop' });
    const snapshot = snapshotOf([ingress, service, slice]);
    expect(snapshot.ingresses.get(objectKey('default', 'cafe'))).toBe(ingress);
    expect(snapshot.services.get(objectKey('shop', 'tea-svc'))).toBe(service);
    expect(snapshot.endpointSlices.get(service.key)).toEqual([slice]);
    expect(snapshot.problems).toEqual([]);
  });

  it('make a TLS Secret with a certificate for its hosts, once', async () => {
    const secret = await aTlsSecret({ hosts: ['tea.example.com'] });
    const again = await aTlsSecret({ name: 'other', hosts: ['tea.example.com'] });
    expect(new X509Certificate(secret.data.get('tls.crt')!).checkHost('tea.example.com')).toBe('tea.example.com');
    expect(again.data).toEqual(secret.data);
  });
});
