import { describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import type { AnyObject } from '@gatehouse/kube-model';
import { aNamespace, anIngress, anIngressClass, snapshotOf, type IngressShape } from '@gatehouse/testing';
import { secretSelector } from './asked-secrets.ts';
import { parseLabelSelector } from './label-selector.ts';
import { defaultRoutingOptions, type RoutingOptions } from './options.ts';

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
    expect(asked(objects, { defaultCertificateSecret: objectKey('edge', 'default') })).toEqual([
      'default/cafe-secret',
      'edge/default',
      'other/tea',
    ]);
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
