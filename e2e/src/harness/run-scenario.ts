/**
 * Duty: the driver that runs a scenario against a real nginx on this machine, with the controller on a directory.
 */
import { expect } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '@gatehouse/testing';
import { ask, type Answer, type GatePorts } from './ask.ts';
import type { Echo } from './echo-backend.ts';
import { startGate, type Gate } from './gate.ts';
import { startScenarioBackend, type ScenarioBackend } from './scenario-backends.ts';
import { listedServices, servicesOf, type Expectation, type Request, type Scenario, type Step } from './scenario.ts';

/** Runs all steps; throws (by expect) at the first answer that is not as expected. */
export async function runScenario(scenario: Scenario): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'scenario-'));
  const backends = new Map<string, ScenarioBackend>();
  const pods = new Map<string, ScenarioBackend>();
  let gate: Gate | undefined;
  try {
    const secrets = await certificateSecrets(scenario);
    for (const name of scenario.pods ?? []) pods.set(name, await startScenarioBackend(name, 'http'));
    for (const step of scenario.steps) {
      if (step.objects !== undefined) {
        const objects = [step.objects, ...listedServices(scenario)].join('\n---\n');
        const endpoints = await endpointSlices(scenario, objects, backends);
        const text = withPorts([objects, ...secrets, ...endpoints].join('\n---\n'), pods);
        const write = (): void => writeFileSync(join(directory, 'objects.yaml'), text);
        if (gate === undefined) write();
        else await gate.change(write);
      }
      gate ??= await startGate({ manifests: directory, flags: scenario.flags ?? [] });
      await checkStep(gate, step);
    }
  } finally {
    await gate?.close();
    await Promise.all([...backends.values(), ...pods.values()].map((backend) => backend.close()));
    rmSync(directory, { recursive: true, force: true });
  }
}

async function checkStep(gate: Gate, step: Step): Promise<void> {
  for (const request of step.requests ?? []) {
    const answer = await ask(gate, request);
    expect({ ask: request.ask, ...seen(answer, request.expect) }).toEqual({
      ask: request.ask,
      ...wanted(request, gate),
    });
  }
  if (step.problems !== undefined) {
    const codes = gate
      .problems()
      .map(({ object, code }) => `${object.kind} ${object.namespace}/${object.name}: ${code}`)
      .sort();
    expect(codes).toEqual([...step.problems].sort());
  }
}

/** Puts the ports of the scenario's pods where its objects name them. */
function withPorts(objects: string, pods: ReadonlyMap<string, ScenarioBackend>): string {
  return objects.replace(/\bPORT_OF_([a-z0-9-]+)/g, (_, name: string) => {
    const pod = pods.get(name);
    if (pod === undefined) throw new Error(`the scenario has no pod ${name}`);
    return String(pod.port);
  });
}

/** The expectation as `seen` prints it. */
function wanted({ expect: expectation }: Request, { httpsPort }: GatePorts): object {
  const { bodyIncludes, certificateFor, headers, ...rest } = expectation;
  const namesPort = ([name, value]: [string, string | null]): [string, string | null] => [
    name,
    value?.replaceAll('HTTPS_PORT', String(httpsPort)) ?? null,
  ];
  return {
    ...rest,
    ...(headers === undefined ? {} : { headers: Object.fromEntries(Object.entries(headers).map(namesPort)) }),
    ...(bodyIncludes === undefined ? {} : { bodyIncludes: true }),
    ...(certificateFor === undefined ? {} : { certificateFor: true }),
  };
}

/** Of an answer, just what the expectation speaks of, in the same shape. */
function seen(answer: Answer, expectation: Expectation): object {
  const echo = parseEcho(answer.body);
  const pick = (from: Readonly<Record<string, unknown>>, names: object): object =>
    Object.fromEntries(Object.keys(names).map((name) => [name, from[name.toLowerCase()] ?? null]));
  return {
    status: answer.status,
    ...(expectation.backend === undefined ? {} : { backend: echo?.backend ?? answer.body }),
    ...(expectation.path === undefined ? {} : { path: echo?.path }),
    ...(expectation.method === undefined ? {} : { method: echo?.method }),
    ...(expectation.sees === undefined ? {} : { sees: pick(echo?.headers ?? {}, expectation.sees) }),
    ...(expectation.headers === undefined ? {} : { headers: pick(answer.headers, expectation.headers) }),
    ...(expectation.bodyIncludes === undefined
      ? {}
      : { bodyIncludes: answer.body.includes(expectation.bodyIncludes) || answer.body }),
    ...(expectation.certificateFor === undefined
      ? {}
      : {
          certificateFor:
            answer.certificateNames.includes(`DNS:${expectation.certificateFor}`) || answer.certificateNames,
        }),
  };
}

function parseEcho(body: string): Echo | undefined {
  try {
    return JSON.parse(body) as Echo;
  } catch {
    return undefined;
  }
}

async function certificateSecrets(scenario: Scenario): Promise<readonly string[]> {
  const entries = Object.entries(scenario.certificates ?? {});
  return Promise.all(
    entries.map(async ([key, hosts]) => {
      const [namespace, name] = key.split('/');
      const { certPem, keyPem } = await makeCertificate({ hosts: [...hosts] });
      return JSON.stringify({
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/tls',
        metadata: { namespace, name },
        ...secretContent({ 'tls.crt': certPem, 'tls.key': keyPem }, scenario.secretField ?? 'data'),
      });
    }),
  );
}

function secretContent(files: Readonly<Record<string, string>>, field: 'data' | 'stringData'): object {
  if (field === 'stringData') return { stringData: files };
  const encoded = Object.entries(files).map(([name, text]) => [name, Buffer.from(text).toString('base64')]);
  return { data: Object.fromEntries(encoded) as object };
}

/** One EndpointSlice for each Service, with one backend behind all its ports. */
async function endpointSlices(
  scenario: Scenario,
  objects: string,
  backends: Map<string, ScenarioBackend>,
): Promise<readonly string[]> {
  const slices: string[] = [];
  for (const { key, portNames } of servicesOf(objects)) {
    const [namespace = '', name = ''] = key.split('/');
    if (scenario.withoutEndpoints?.includes(name) === true) continue;
    if (!backends.has(key)) {
      backends.set(key, await startScenarioBackend(name, scenario.backends?.[name] ?? 'http'));
    }
    const port = backends.get(key)?.port;
    slices.push(
      JSON.stringify({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { namespace, name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
        ports: portNames.map((portName) => ({ name: portName, port, protocol: 'TCP' })),
      }),
    );
  }
  return slices;
}
