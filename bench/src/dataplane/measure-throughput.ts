/**
 * Duty: requests per second through a default location of ours, against other proxies with the same backend, in pairs so that
 * a machine whose speed drifts does not matter.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGate } from '@gatehouse/e2e';
import { freePort } from '@gatehouse/testing';
import { median, type Measured } from '../figure.ts';
import { serviceWithEndpoint } from '../service-with-endpoint.ts';
import { loadPort, whyNoWrk } from '../wrk.ts';
import {
  backend,
  barePass,
  handWritten,
  others,
  startContender,
  whyNoContender,
  type Contender,
  type RunningContender,
} from './contenders.ts';

const NAME = 'requests per second through a default location';
const PAIRS_WITH_BAR = 16;
const PAIRS_BESIDE = 6;

/** What ours is measured against. */
const RIVALS: readonly { readonly contender: Contender; readonly atLeast?: number }[] = [
  { contender: handWritten, atLeast: 0.95 },
  { contender: barePass, atLeast: 0.85 },
  ...others.map((contender) => ({ contender })),
];

export async function* measureThroughput(): AsyncIterable<Measured> {
  const why = (await whyNoWrk()) ?? whyNoContender(backend);
  if (why !== undefined) {
    yield { name: NAME, why };
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const backendPort = await freePort();
  const pod = await startContender(backend, { directory, port: backendPort, backendPort });
  const manifests = join(directory, 'objects.yaml');
  writeFileSync(manifests, objects(backendPort));
  const gate = await startGate({ manifests });
  try {
    for (const { contender, atLeast } of RIVALS) {
      const name = `${NAME}, against ${contender.name}`;
      const missing = whyNoContender(contender);
      if (missing !== undefined) {
        yield { name, why: missing };
        continue;
      }
      const rival = await startContender(contender, { directory, port: await freePort(), backendPort });
      try {
        const pairs = await measurePairs(gate.httpPort, rival, atLeast === undefined ? PAIRS_BESIDE : PAIRS_WITH_BAR);
        yield { ...figureOf(name, pairs), ...(atLeast === undefined ? {} : { bar: { atLeast } }) };
      } finally {
        await rival.close();
      }
    }
  } finally {
    await gate.close();
    await pod.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Pair {
  readonly ours: number;
  readonly theirs: number;
}

async function measurePairs(ours: number, rival: RunningContender, count: number): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (const port of [ours, rival.port]) await load(port);
  for (let pair = 0; pair < count; pair += 1) {
    // Who goes first changes from pair to pair.
    const isOursFirst = pair % 2 === 0;
    const first = await load(isOursFirst ? ours : rival.port);
    const second = await load(isOursFirst ? rival.port : ours);
    pairs.push(isOursFirst ? { ours: first, theirs: second } : { ours: second, theirs: first });
  }
  return pairs;
}

function figureOf(name: string, pairs: readonly Pair[]) {
  const ratios = pairs.map(({ ours, theirs }) => ours / theirs);
  const perSecond = (kind: keyof Pair): string => median(pairs.map((pair) => pair[kind])).toFixed(0);
  const extremes = `min ${Math.min(...ratios).toFixed(2)}, max ${Math.max(...ratios).toFixed(2)}`;
  const note = `${pairs.length} pairs, ${extremes}; ${perSecond('ours')} and ${perSecond('theirs')} a second`;
  return { name, unit: 'ratio', measured: median(ratios), note } as const;
}

/** Requests per second over one second with 30 connections; throws when one answer is no success. */
async function load(port: number): Promise<number> {
  const { perSecond, hasNon2xx } = await loadPort({
    ...{ port, connections: 30, seconds: 1, headers: { Host: 'x.example.com' } },
  });
  if (hasNon2xx) throw new Error('errors under load');
  return perSecond;
}

const objects = (backendPort: number): string => `${serviceWithEndpoint(backendPort)}---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  ingressClassName: nginx
  rules:
    - host: x.example.com
      http:
        paths:
          - { path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }
`;
