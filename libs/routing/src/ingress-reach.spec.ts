import { defaultSettings } from '@gatehouse/annotations';
import { anIngress, aService, snapshotOf, type IngressShape } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkIngress } from './check/check-ingress.ts';
import { reachOf } from './ingress-reach.ts';
import { linkIngress } from './link/link-ingress.ts';
import { worldOpener } from './link/world.ts';
import { defaultRoutingOptions as options } from './options.ts';

const PREFIX = options.annotationsPrefix;

describe('what an Ingress may have to do with', () => {
  it('is its hosts, its aliases, and every Service that it names', () => {
    const ingress = anIngress({
      namespace: 'shop',
      rules: [{ host: 'a.example.com', paths: [{ backend: 'tea-svc:80' }] }, { host: '' }],
      defaultBackend: 'coffee-svc:http',
      annotations: {
        [`${PREFIX}/server-alias`]: 'b.example.com,  *.c.example.com',
        [`${PREFIX}/default-backend`]: 'err',
      },
    });
    const { hosts, services } = reachOf(ingress, options);
    expect([...hosts].sort()).toEqual(['', '*.c.example.com', 'a.example.com', 'b.example.com']);
    expect([...services].sort()).toEqual(['shop/coffee-svc', 'shop/err', 'shop/tea-svc']);
  });

  it('is every host for a default backend without rules, and not for one with rules', () => {
    expect([...reachOf(anIngress({ defaultBackend: 'tea-svc:80' }), options).hosts]).toEqual(['']);
    const ruled = anIngress({ defaultBackend: 'tea-svc:80', rules: [{ host: 'a.example.com' }] });
    expect([...reachOf(ruled, options).hosts]).toEqual(['a.example.com']);
  });

  it('is never less than what checking and linking find', () => {
    const host = fc.constantFrom('', 'a.example.com', '*.example.com', 'A.example.com', '10.0.0.1', 'b');
    const backend = fc.constantFrom('tea-svc:80', 'coffee-svc:http', 'none:1');
    const rules = fc.array(fc.record({ host, paths: fc.array(fc.record({ backend }), { maxLength: 2 }) }), {
      maxLength: 3,
    });
    const names = fc.array(fc.oneof(host, fc.string()), { maxLength: 3 });
    const annotations = fc.record(
      {
        [`${PREFIX}/server-alias`]: fc
          .tuple(names, fc.constantFrom(',', ' ', ', ', '\n'))
          .map(([all, by]) => all.join(by)),
        [`${PREFIX}/default-backend`]: fc.constantFrom('err-svc', ' err-svc ', 'err-svc:80', ''),
        [`${PREFIX}/canary`]: fc.constantFrom('true', 'false'),
        [`${PREFIX}/canary-weight`]: fc.constantFrom('10', 'x'),
      },
      { requiredKeys: [] },
    );
    const ingresses = fc.record({ rules, annotations, defaultBackend: backend }, { requiredKeys: ['rules'] });
    const world = worldOpener(options)(snapshotOf([aService(), aService({ name: 'err-svc' })]), 0);
    fc.assert(
      fc.property(ingresses, (shape) => {
        const ingress = anIngress(shape as IngressShape);
        const reach = reachOf(ingress, options);
        const checked = checkIngress(ingress, { options, settings: defaultSettings });
        const linked = linkIngress(checked, world);
        for (const { name } of checked.hosts) expect(reach.hosts).toContain(name);
        for (const { host: name } of linked.contributions) expect(reach.hosts).toContain(name);
        for (const { key } of linked.uses.services) expect(reach.services).toContain(key);
      }),
      { numRuns: 500 },
    );
  });
});
