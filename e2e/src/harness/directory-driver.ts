/**
 * Duty: the driver that runs scenarios against a real nginx on this machine, with a controller on a directory of files.
 */
import type { Problem } from '@gatehouse/core';
import { ask } from './ask.ts';
import { testedCapabilities } from './bare-nginx.ts';
import { startGate, type Gate } from './gate.ts';
import { makeManifestDirectory } from './manifest-directory.ts';
import { startScenarioBackend, type ScenarioBackend } from './scenario-backends.ts';
import type { ScenarioDriver } from './scenario-driver.ts';

const LOOPBACK = '127.0.0.1';

export const directoryDriver: ScenarioDriver = {
  name: 'nginx',
  open({ flags = [] }) {
    const directory = makeManifestDirectory();
    const backends: ScenarioBackend[] = [];
    let gate: Gate | undefined;
    const opened = (): Gate => {
      if (gate === undefined) throw new Error('no objects have been applied');
      return gate;
    };
    return Promise.resolve({
      get ports() {
        return opened();
      },
      patienceMs: patienceMs(),
      async startBackend(name, kind) {
        const backend = await startScenarioBackend(name, { kind, address: LOOPBACK });
        backends.push(backend);
        return { address: LOOPBACK, port: backend.port };
      },
      async apply(documents) {
        const write = (): void => directory.save('objects.yaml', documents);
        if (gate !== undefined) {
          await gate.change(write);
          return;
        }
        write();
        gate = await startGate({ manifests: directory.path, flags });
      },
      ask: (question) => ask(opened(), question),
      problems: () => describeProblems(opened().problems()),
      async close() {
        await gate?.close();
        await Promise.all(backends.map((backend) => backend.close()));
        directory.cleanUp();
      },
    });
  },
};

/** As scenarios write them. */
export function describeProblems(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ object, code }) => `${object.kind} ${object.namespace}/${object.name}: ${code}`).sort();
}

/** `apply` waits for the round; nginx hears of a second change of the same endpoints up to a second later. */
function patienceMs(): number {
  return testedCapabilities().upstreamResolve ? 2500 : 0;
}
