/**
 * Duty: what a scenario's objects need around them: its listed Services, Secrets with certificates, and for each Service a
 * backend with the EndpointSlice that leads to it.
 */
import { makeCertificate } from '@gatehouse/testing';
import type { BackendAddress, ScenarioSession } from './scenario-driver.ts';
import { listedServices, servicesOf, type Scenario } from './scenario.ts';

/** Writes the YAML documents of one step after another; backends once started serve the steps that follow, too. */
export class ScenarioObjects {
  readonly #scenario: Scenario;
  readonly #session: ScenarioSession;
  readonly #backends = new Map<string, BackendAddress>();
  readonly #pods = new Map<string, BackendAddress>();
  #secrets: readonly string[] = [];

  private constructor(scenario: Scenario, session: ScenarioSession) {
    this.#scenario = scenario;
    this.#session = session;
  }

  static async prepare(scenario: Scenario, session: ScenarioSession): Promise<ScenarioObjects> {
    const objects = new ScenarioObjects(scenario, session);
    objects.#secrets = await certificateSecrets(scenario);
    for (const name of scenario.pods ?? []) objects.#pods.set(name, await session.startBackend(name, 'http'));
    return objects;
  }

  /** All documents around those of a step. */
  async around(stepObjects: string): Promise<string> {
    const objects = [stepObjects, ...listedServices(this.#scenario)].join('\n---\n');
    const slices = await this.#endpointSlices(objects);
    return this.#placed([objects, ...this.#secrets, ...slices].join('\n---\n'));
  }

  /** Puts the places of the scenario's pods where its objects name them. */
  #placed(objects: string): string {
    return objects.replace(/\b(PORT|ADDRESS)_OF_([a-z0-9-]+)/g, (_, what: string, name: string) => {
      const pod = this.#pods.get(name);
      if (pod === undefined) throw new Error(`the scenario has no pod ${name}`);
      return what === 'PORT' ? String(pod.port) : pod.address;
    });
  }

  /** One EndpointSlice for each Service, with one backend behind all its ports. */
  async #endpointSlices(objects: string): Promise<readonly string[]> {
    const slices: string[] = [];
    for (const { key, portNames } of servicesOf(objects)) {
      const [namespace = '', name = ''] = key.split('/');
      if (this.#scenario.withoutEndpoints?.includes(name) === true) continue;
      const backend =
        this.#backends.get(key) ?? (await this.#session.startBackend(name, this.#scenario.backends?.[name] ?? 'http'));
      this.#backends.set(key, backend);
      slices.push(
        JSON.stringify({
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: { namespace, name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
          addressType: 'IPv4',
          endpoints: [{ addresses: [backend.address], conditions: { ready: true } }],
          ports: portNames.map((portName) => ({ name: portName, port: backend.port, protocol: 'TCP' })),
        }),
      );
    }
    return slices;
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
