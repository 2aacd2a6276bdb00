import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { makeCertificate, type CertificatePair } from '@gatehouse/testing';
import { handshake, startHandshakes } from '../harness/handshake.ts';
import { oneRule } from '../harness/manifest-directory.ts';
import { hold, lostRequests } from './fault-figure.ts';
import { lostHandshakes, tlsSecret } from './certificate-rotation.ts';
import { openScene, timeUntil } from './scene.ts';

describe('a Secret that is garbled', () => {
  it('hurts no other host, is named, and its host gets the default certificate', async () => {
    const [good, bad, other] = (await Promise.all(
      ['good', 'bad', 'other'].map((name) => makeCertificate({ hosts: [`${name}.example.com`] })),
    )) as [CertificatePair, CertificatePair, CertificatePair];
    const rules = ['good', 'bad'].map((name) => oneRule({ name, host: `${name}.example.com`, tlsSecret: name }));
    const objects = { hosts: rules, good: [tlsSecret('good', good)], bad: [tlsSecret('bad', bad)] };
    const scene = await openScene({ objects });
    const { apply, gate } = scene;
    const codes = (): readonly string[] => gate.problems().map(({ code }) => code);
    try {
      const traffic = scene.startTraffic();
      const handshakes = startHandshakes(gate, 'good.example.com');
      let namedMs = 0;
      for (const [code, secrets] of [
        ['CertificateInvalid', [tlsSecret('bad', { certPem: 'x', keyPem: 'y' })]],
        ['CertificateInvalid', [tlsSecret('bad', { certPem: bad.certPem, keyPem: other.keyPem })]],
        ['CertificateInvalid', [tlsSecret('bad', {})]],
        ['SecretMissing', []],
      ] as const) {
        await apply('bad', secrets);
        namedMs = Math.max(namedMs, await timeUntil(() => codes().includes(code)));
        const { serial } = await handshake(gate, 'bad.example.com');
        expect(serial).not.toBe(new X509Certificate(bad.certPem).serialNumber);
        await apply('bad', [tlsSecret('bad', bad)]);
        await timeUntil(() => codes().length === 0);
      }
      hold('secret-garbled', [
        lostRequests('a garbled Secret of another host', await traffic.stop()),
        lostHandshakes('it', await handshakes.stop()),
        { name: 'a Problem names it after', unit: 'ms', measured: namedMs, bar: { atMost: 10_000 } },
      ]);
    } finally {
      await scene.close();
    }
  });
});
