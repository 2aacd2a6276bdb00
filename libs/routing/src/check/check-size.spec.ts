import { describe, expect, it } from '@jest/globals';
import { defaultSettings } from '@gatehouse/annotations';
import { anIngress, type IngressShape } from '@gatehouse/testing';
import { defaultRoutingOptions } from '../options.ts';
import { checkIngress } from './check-ingress.ts';

const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const check = (shape: IngressShape) =>
  checkIngress(anIngress(shape), { options: defaultRoutingOptions, settings: defaultSettings });

const tooLarge = (shape: IngressShape): readonly string[] =>
  check(shape).problems.flatMap(({ code, field, message }) =>
    code === 'IngressTooLarge' ? [`${field}: ${message}`] : [],
  );

const hosts = (count: number, perHost = 1): IngressShape => ({
  rules: many(count, (index) => ({
    host: `h${index}.example.com`,
    paths: many(perHost, (path) => ({ path: `/${path}` })),
  })),
});
const most = (amount: number, unit: string, limit: number): string =>
  `it has ${amount} ${unit}, and ${limit} are the most that one Ingress should have`;

describe('the size of an Ingress', () => {
  it.each<[string, IngressShape]>([
    ['1,000 hosts', hosts(1000)],
    ['3,000 paths', hosts(300, 10)],
    ['many rules of few hosts', { rules: many(2500, (index) => ({ host: 'x.io', paths: [{ path: `/${index}` }] })) }],
    ['2,000 names in spec.tls', { tls: many(1000, (index) => ({ hosts: [`a${index}.io`, `b${index}.io`] })) }],
    ['256 KiB of annotations', { annotations: { 'example.com/x': 'x'.repeat(262_144 - 13) } }],
  ])('may be %s', (_, shape) => {
    expect(tooLarge(shape)).toEqual([]);
  });

  it.each<[string, IngressShape, string]>([
    ['hosts', hosts(1001), `spec.rules: ${most(1001, 'hosts', 1000)}`],
    ['paths', hosts(1000, 4), `spec.rules: ${most(4000, 'paths', 3000)}`],
    [
      'names in spec.tls',
      { tls: [{ hosts: many(2001, String) }] },
      `spec.tls: ${most(2001, 'entries and hosts', 2000)}`,
    ],
    ['entries of spec.tls', { tls: many(2001, () => ({})) }, `spec.tls: ${most(2001, 'entries and hosts', 2000)}`],
    [
      'bytes of annotations',
      { annotations: { 'example.com/x': 'é'.repeat(131_072) } },
      `metadata.annotations: ${most(262_157, 'bytes', 262_144)}`,
    ],
  ])('is told when there are more %s, and all is served', (_, shape, told) => {
    expect(tooLarge(shape)).toEqual([told]);
    expect(check(shape).hosts).toHaveLength(new Set(shape.rules?.map(({ host }) => host)).size);
  });

  it.each<[string, IngressShape]>([
    ['rules', { rules: many(20_001, (index) => ({ host: `h${index}.io`, paths: [] })) }],
    ['paths', { rules: [{ host: 'x.io', paths: many(20_001, (index) => ({ path: `/${index}` })) }] }],
  ])('is looked no further into with more %s than a cluster could store', (_, shape) => {
    const { hosts: served, problems } = check(shape);
    expect(served).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['IngressTooLarge']);
    expect(problems[0]?.message).toMatch(/, and an Ingress of more than 20000 rules or paths is left out$/);
  });

  it('does not decide how much there is to tell', () => {
    const annotations = Object.fromEntries(many(50_000, (index) => [`nginx.ingress.kubernetes.io/a${index}`, '']));
    expect(check({ annotations }).problems).toHaveLength(10_000);
  });
});
