/**
 * Duty: running one scenario of the contract against one server. Must not know which server it is, nor how the source is
 * made.
 */
import { objectKey, type ObjectKey } from '@gatehouse/core';
import type { Snapshot } from '@gatehouse/kube-model';
import type { ObjectSource } from '@gatehouse/pipeline';
import type { KubeJson } from './fake-api-server.ts';
import { expectFresh } from './fresh-snapshot.ts';
import { SCENARIO_CONFIG_MAP, type SourceScenario } from './source-scenarios.ts';
import { startTcpProxy } from './tcp-proxy.ts';

/** A server that scenarios can do everything to. */
export interface ScenarioServer {
  readonly port: number;
  put(json: KubeJson): Promise<void>;
  remove(json: KubeJson): Promise<void>;
  list(plural: string): Promise<readonly unknown[]>;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  forgetHistory(): Promise<void>;
  /** Removes what a scenario put there. */
  clear(): Promise<void>;
}

export interface ScenarioSource {
  readonly source: ObjectSource;
  /** Closes its connections. */
  close(): Promise<void>;
}

export interface ScenarioRun {
  readonly server: ScenarioServer;
  /** A source, not started, that reaches the server by this port of loopback. */
  createSource(port: number): Promise<ScenarioSource>;
}

/** Throws when the source does not do what the scenario says, or has not what the server has in the end. */
export async function runSourceScenario(
  scenario: SourceScenario,
  { server, createSource }: ScenarioRun,
): Promise<void> {
  await inParallel(scenario.before ?? [], (json) => server.put(json));
  const wire = await startTcpProxy(server.port);
  const { source, close } = await createSource(wire.port);
  const seen: Snapshot[] = [];
  const settled = (): Promise<void> =>
    expectFresh(source, {
      list: (plural) => server.list(plural),
      configMaps: [SCENARIO_CONFIG_MAP],
      secretsOf: secretsOfTls,
    });
  try {
    await source.start(() => void seen.push(source.snapshot()));
    if (scenario.endsStopped !== true) await settled();
    await scenario.run({ ...server, source, wire, seen, settled });
    if (scenario.endsStopped !== true) await settled();
  } finally {
    await source.stop();
    await close();
    await wire.close();
    await server.clear();
  }
}

/** What every source of a scenario asks for: each Secret that any Ingress names. */
export function secretsOfTls({ ingresses }: Snapshot): ReadonlySet<ObjectKey> {
  const named = [...ingresses.values()].flatMap(({ ref, tls }) =>
    tls.map(({ secretName }) => objectKey(ref.namespace, secretName)),
  );
  return new Set(named);
}

const AT_ONCE = 16;

async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const queue = [...all];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
