import { describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import type { AnyObject } from '@gatehouse/kube-model';
import { aNamespace, anIngress, anIngressClass, aSecret, snapshotOf, type IngressShape } from '@gatehouse/testing';
import fc from 'fast-check';
import { secretSelector } from './asked-secrets.ts';
import { parseLabelSelector } from './label-selector.ts';
import { defaultRoutingOptions, type RoutingOptions } from './options.ts';
import { createResolver } from './resolver.ts';

const asking = (secretName: string, more: IngressShape = {}) =>
  anIngress({ name: secretName === '' ? 'x' : `of-${secretName.length}`, tls: [{ secretName }], ...more });

function asked(objects: readonly AnyObject[], options: Partial<RoutingOptions> = {}): readonly string[] {
  return [...secretSelector({ ...defaultRoutingOptions, ...options })(snapshotOf(objects))].sort();
}

describe('the Secrets that are asked for', () => {
  it('are those of our Ingresses, in their own namespace, and those that flags name', () => {
    const objects = [
      anIngressClass(),
      asking('cafe-secret'),
      asking('tea', { namespace: 'other' }),
      asking('foreign', { className: 'theirs' }),
    ];
    const named = {
      defaultCertificateSecret: objectKey('edge', 'default'),
      sessionTicketSecret: objectKey('edge', 'tickets'),
    };
    expect(asked(objects, named)).toEqual(['default/cafe-secret', 'edge/default', 'edge/tickets', 'other/tea']);
  });

  it('are none of namespaces that are not watched', () => {
    const objects = [anIngressClass(), asking('a'), asking('bb', { namespace: 'other' })];
    expect(asked(objects, { watchNamespace: 'other' })).toEqual(['other/bb']);
    const selector = parseLabelSelector('team=edge');
    if (!selector.ok) throw new Error(selector.error);
    const labelled = aNamespace({ name: 'other', labels: { team: 'edge' } });
    expect(asked([...objects, labelled], { namespaceSelector: selector.value })).toEqual(['other/bb']);
  });

  it.each(['', '../kube-system/token', 'a/b', 'A_B', 'a b'])('are none with a name that no Secret has: %j', (name) => {
    expect(asked([anIngressClass(), asking(name)])).toEqual([]);
  });

  it('follow the IngressClasses', () => {
    const select = secretSelector(defaultRoutingOptions);
    const ingress = asking('a');
    expect(select(snapshotOf([ingress])).size).toBe(0);
    expect(select(snapshotOf([ingress, anIngressClass()])).size).toBe(1);
  });
});

describe('resolve', () => {
  it('needs no other Secrets than those that are asked for', () => {
    const name = fc.constantFrom('s0', 's1', 's2');
    const ingress = fc.record({
      name: fc.constantFrom('i0', 'i1', 'i2'),
      namespace: fc.constantFrom('default', 'other'),
      className: fc.constantFrom('nginx', '', 'foreign'),
      rules: fc.constantFrom([{ host: 'a.example' }], [{ host: 'a.example' }, { host: 'b.example' }], []),
      tls: fc.array(fc.record({ hosts: fc.subarray(['a.example', 'b.example', 'c.example']), secretName: name })),
    });
    const secret = fc.record({
      name,
      namespace: fc.constantFrom('default', 'other'),
      data: fc.constant({ 'tls.crt': 'x' }),
    });
    fc.assert(
      fc.property(fc.array(ingress), fc.array(secret), fc.boolean(), (ingresses, secrets, hasDefault) => {
        const flags = {
          ...defaultRoutingOptions,
          ...(hasDefault && { defaultCertificateSecret: objectKey('other', 's2') }),
        };
        const rest = [anIngressClass(), ...ingresses.map((shape) => anIngress(shape))];
        const all = snapshotOf([...rest, ...secrets.map((shape) => aSecret(shape))]);
        const asked = secretSelector(flags)(all);
        const needed = snapshotOf([...rest, ...[...all.secrets.values()].filter(({ key }) => asked.has(key))]);
        expect(createResolver(flags).resolve(needed, 0)).toEqual(createResolver(flags).resolve(all, 0));
      }),
    );
  });
});
