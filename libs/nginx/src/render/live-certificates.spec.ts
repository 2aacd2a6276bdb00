import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Model } from '@gatehouse/routing';
import { aHost, aModel, aModelCertificate, someRenderOptions } from '@gatehouse/testing';
import { liveCertificates } from './live-certificates.ts';

const options = someRenderOptions({ workersReadKeys: true });

const certificate = fc
  .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('default/s', 'default/t'))
  .map(([content, secret]) => ({ ...aModelCertificate('pem', content.repeat(64)), secret: secret as never }));
const model: fc.Arbitrary<Model> = fc
  .record({
    hosts: fc.uniqueArray(fc.record({ name: fc.constantFrom('a.x', 'b.x', '*.x', ''), own: fc.option(certificate) }), {
      selector: ({ name }) => name,
    }),
    flag: fc.option(certificate),
  })
  .map(({ hosts, flag }) =>
    aModel(
      hosts.map(({ name, own }) => aHost({ name, ...(own === null ? {} : { certificate: own }) })),
      flag === null ? {} : { defaultCertificate: flag },
    ),
  );

it('make the same of a model, whichever came before', () => {
  fc.assert(
    fc.property(fc.array(model, { minLength: 2, maxLength: 5 }), (models) => {
      const warm = liveCertificates(options);
      for (const each of models) expect(warm(each)).toEqual(liveCertificates(options)(each));
    }),
  );
});

it('are made anew only for other hosts or certificates', () => {
  const host = aHost({ name: 'a.x', certificate: aModelCertificate('pem', 'a'.repeat(64)) });
  const made = liveCertificates(options);
  const first = made(aModel([host]));
  expect(first).toBeDefined();
  expect(made(aModel([aHost({ ...host, certificate: { ...host.certificate! } })]))).toBe(first);
  expect(made(aModel([{ ...host, certificate: aModelCertificate('pem', 'b'.repeat(64)) }]))).not.toBe(first);
});

it('are none where nginx reads certificates with its configuration', () => {
  expect(liveCertificates(someRenderOptions({ workersReadKeys: false }))(aModel([]))).toBeUndefined();
});
