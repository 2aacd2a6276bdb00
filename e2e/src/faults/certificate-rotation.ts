/**
 * Duty: certificates that are renewed while clients shake hands and send requests.
 */
import { X509Certificate } from 'node:crypto';
import { makeCertificate, type CertificatePair } from '@gatehouse/testing';
import { testedCapabilities } from '../harness/bare-nginx.ts';
import { handshake, startHandshakes } from '../harness/handshake.ts';
import { oneRule } from '../harness/manifest-directory.ts';
import { lostRequests, type FaultFigure } from './fault-figure.ts';
import { timeUntil, type Scene } from './scene.ts';

const HOST = 'tls.example.com';

export async function rotateCertificates(scene: Scene, rotations: number): Promise<readonly FaultFigure[]> {
  const isLive = testedCapabilities().certificateCache;
  const { apply, gate } = scene;
  const isShown = async (certPem: string): Promise<boolean> =>
    (await handshake(gate, HOST)).serial === new X509Certificate(certPem).serialNumber;
  const renew = async (): Promise<number> => {
    const pair = await makeCertificate({ hosts: [HOST] });
    await apply('secret', [tlsSecret('tls', pair)]);
    return timeUntil(() => isShown(pair.certPem));
  };
  await apply('tls', [oneRule({ name: 'tls', host: HOST, tlsSecret: 'tls' })]);
  await renew();
  const traffic = scene.startTraffic();
  const [handshakes, reloadsBefore] = [startHandshakes(gate, HOST), scene.reloads()];
  let shownMs = 0;
  for (let count = 0; count < rotations; count += 1) shownMs = Math.max(shownMs, await renew());
  const over = `${rotations} renewed certificates`;
  const reloads = scene.reloads() - reloadsBefore;
  return [
    lostRequests(over, await traffic.stop()),
    lostHandshakes(over, await handshakes.stop()),
    {
      name: 'a renewed certificate is shown after',
      unit: 'ms',
      measured: shownMs,
      bar: { atMost: isLive ? 2000 : 5000 },
    },
    { name: `reloads for ${over}`, unit: 'count', measured: reloads, bar: { atMost: isLive ? 0 : rotations } },
  ];
}

export function tlsSecret(name: string, { certPem = '', keyPem = '' }: Partial<CertificatePair>): object {
  const data = { 'tls.crt': certPem, 'tls.key': keyPem };
  return { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name }, stringData: data };
}

interface HandshakeResult {
  readonly handshakes: number;
  readonly failures: readonly string[];
}

export function lostHandshakes(over: string, { handshakes, failures }: HandshakeResult): FaultFigure {
  const note = [`of ${handshakes}`, ...new Set(failures)].join(', ');
  return { name: `handshakes lost over ${over}`, unit: 'count', measured: failures.length, bar: { atMost: 0 }, note };
}
