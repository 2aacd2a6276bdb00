import { describe, expect, it } from '@jest/globals';
import type { Namespace } from '@gatehouse/kube-model';
import { aNamespace, anIngress, anIngressClass, snapshotOf } from '@gatehouse/testing';
import { parseLabelSelector } from './label-selector.ts';
import { defaultRoutingOptions, type RoutingOptions } from './options.ts';
import { ingressSelector, rememberingSelector } from './select-ingress.ts';

const annotated = (name: string) => ({ 'kubernetes.io/ingress.class': name });
const own = anIngressClass({ name: 'public' });
const foreign = anIngressClass({ name: 'other', controller: 'example.com/other' });

function judge(
  ingress: Parameters<typeof anIngress>[0],
  classes = [own, foreign],
  options: Partial<RoutingOptions> = {},
): { isOurs: boolean; codes: readonly string[] } {
  const { isOurs, problems } = ingressSelector(classes, { ...defaultRoutingOptions, ...options })(anIngress(ingress));
  return { isOurs, codes: problems.map(({ code }) => code) };
}

describe('ingressSelector', () => {
  it('takes an Ingress whose IngressClass has our controller', () => {
    expect(judge({ className: 'public' })).toEqual({ isOurs: true, codes: [] });
  });

  it('leaves one whose IngressClass has another controller, without a word', () => {
    expect(judge({ className: 'other' })).toEqual({ isOurs: false, codes: [] });
  });

  it('says so when no IngressClass of the name exists', () => {
    expect(judge({ className: 'nginx' })).toEqual({ isOurs: false, codes: ['ClassUnknown'] });
  });

  it('takes our own name without an IngressClass only where classes are optional', () => {
    const options = { classObjectsOptional: true };
    expect(judge({ className: 'nginx' }, [], options)).toEqual({ isOurs: true, codes: [] });
    expect(judge({ className: 'public' }, [], options)).toEqual({ isOurs: false, codes: ['ClassUnknown'] });
    const taken = anIngressClass({ name: 'nginx', controller: 'example.com/other' });
    expect(judge({ className: 'nginx' }, [taken], options)).toEqual({ isOurs: false, codes: [] });
  });

  it('goes by the name of the class only when told to', () => {
    const named = anIngressClass({ name: 'nginx', controller: 'example.com/other' });
    expect(judge({ className: 'nginx' }, [named])).toEqual({ isOurs: false, codes: [] });
    expect(judge({ className: 'nginx' }, [named], { classByName: true })).toEqual({ isOurs: true, codes: [] });
  });

  it('goes by the old annotation when the field is not set', () => {
    expect(judge({ className: '', annotations: annotated('nginx') })).toEqual({ isOurs: true, codes: [] });
    expect(judge({ className: '', annotations: annotated('public') })).toEqual({ isOurs: false, codes: [] });
    const options = { ingressClass: 'internal' };
    expect(judge({ className: '', annotations: annotated('internal') }, [], options).isOurs).toBe(true);
  });

  it('lets the field decide when both are there', () => {
    expect(judge({ className: 'other', annotations: annotated('nginx') })).toEqual({
      isOurs: false,
      codes: ['ClassConflict'],
    });
    expect(judge({ className: 'public', annotations: annotated('other') })).toEqual({
      isOurs: true,
      codes: ['ClassConflict'],
    });
    expect(judge({ className: 'public', annotations: annotated('public') })).toEqual({ isOurs: true, codes: [] });
    expect(judge({ className: 'other', annotations: annotated('third') })).toEqual({ isOurs: false, codes: [] });
  });

  it.each([
    ['no default class', [own], {}, false],
    [
      'a default class of another controller',
      [anIngressClass({ ...foreign.ref, isDefault: true, controller: 'x/y' })],
      {},
      false,
    ],
    ['a default class of ours', [anIngressClass({ isDefault: true })], {}, true],
    ['--watch-ingress-without-class', [], { watchWithoutClass: true }, true],
  ])('judges one without any class with %s', (_, classes, options, isOurs) => {
    expect(judge({ className: '' }, classes, options)).toEqual({ isOurs, codes: [] });
  });

  it('takes only one namespace when told to', () => {
    const options = { watchNamespace: 'shop' };
    expect(judge({ className: 'public', namespace: 'shop' }, [own], options).isOurs).toBe(true);
    expect(judge({ className: 'unknown', namespace: 'default' }, [own], options)).toEqual({ isOurs: false, codes: [] });
  });
});

describe('rememberingSelector', () => {
  it('is the same function until an IngressClass is another object', () => {
    const selectorOf = rememberingSelector(defaultRoutingOptions);
    const first = selectorOf(snapshotOf([own]));
    expect(selectorOf(snapshotOf([own, anIngress()]))).toBe(first);
    const second = selectorOf(snapshotOf([anIngressClass({ name: 'public' })]));
    expect(second).not.toBe(first);
    expect(selectorOf(snapshotOf([]))).not.toBe(second);
  });

  it('goes by the labels of Namespaces as they are now', () => {
    const selector = parseLabelSelector('team in (a,b),!closed');
    if (!selector.ok) throw new Error(selector.error);
    const selectorOf = rememberingSelector({ ...defaultRoutingOptions, namespaceSelector: selector.value });
    const shop = (labels: Readonly<Record<string, string>>) => aNamespace({ name: 'shop', labels });
    const isOurs = (...namespaces: readonly Namespace[]) =>
      selectorOf(snapshotOf([own, ...namespaces]))(anIngress({ className: 'public', namespace: 'shop' }));
    expect(isOurs(shop({ team: 'a' })).isOurs).toBe(true);
    expect(isOurs(shop({ team: 'c' }))).toEqual({ isOurs: false, problems: [] });
    expect(isOurs(shop({ team: 'b' })).isOurs).toBe(true);
    expect(isOurs(shop({ team: 'b', closed: '' })).isOurs).toBe(false);
    expect(isOurs().isOurs).toBe(false);
    const before = selectorOf(snapshotOf([own, shop({ team: 'a' })]));
    expect(selectorOf(snapshotOf([own, shop({ team: 'b', more: '' }), aNamespace()]))).toBe(before);
  });
});
