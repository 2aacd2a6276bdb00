/**
 * Duty: from saving a file to the new answer over HTTP, with a real nginx.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, startEchoBackend, startGate, type Gate } from '@gatehouse/e2e';
import { median, spread, type Measured } from '../figure.ts';
import { serviceWithEndpoint } from '../service-with-endpoint.ts';

const SAVES = 15;
const DEADLINE_MS = 20_000;
const PAUSE_MS = 700;

export async function* measureSaveToAnswer(): AsyncIterable<Measured> {
  yield await measureWith(1, { name: 'the cafe', barMs: 300 });
  yield await measureWith(1000, { name: '1,000 Ingresses', barMs: 1000 });
}

async function measureWith(
  count: number,
  { name, barMs }: { readonly name: string; readonly barMs: number },
): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const backend = await startEchoBackend({ name: 'web' });
  mkdirSync(join(directory, 'apps'));
  writeFileSync(join(directory, 'service.yaml'), serviceWithEndpoint(backend.port));
  for (let index = 0; index < count; index += 1) {
    writeFileSync(join(directory, 'apps', `app-${index}.yaml`), ingress(index, '/start'));
  }
  const gate = await startGate({ manifests: directory });
  try {
    const times: number[] = [];
    for (let save = 0; save < SAVES; save += 1) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      const path = `/saved-${save}`;
      const startedMs = performance.now();
      writeFileSync(join(directory, 'apps', 'app-0.yaml'), ingress(0, path));
      await untilAnswered(gate, path);
      times.push(performance.now() - startedMs);
    }
    return {
      name: `saving a file → the new answer, ${name}`,
      unit: 'ms',
      measured: median(times),
      bar: { atMost: barMs },
      note: spread(times),
    };
  } finally {
    await gate.close();
    await backend.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function untilAnswered(gate: Gate, path: string): Promise<void> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  while ((await ask(gate, { ask: `GET http://app-0.example.com${path}` })).status !== 200) {
    if (performance.now() > deadlineMs) throw new Error(`${path} was not served within ${DEADLINE_MS} ms`);
  }
}

function ingress(index: number, path: string): string {
  const backend = '{ service: { name: web, port: { number: 80 } } }';
  return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: app-${index} }
spec:
  ingressClassName: nginx
  rules:
    - host: app-${index}.example.com
      http:
        paths:
          - { path: ${path}, pathType: Prefix, backend: ${backend} }
          - { path: /other, pathType: Prefix, backend: ${backend} }
`;
}
