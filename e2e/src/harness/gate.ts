/**
 * Duty: a whole controller on a directory of manifests or an API server, with a real nginx, on free loopback ports.
 */
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseControllerFlags, startController } from '@gatehouse/controller';
import type { Problem } from '@gatehouse/core';
import { createLogger } from '@gatehouse/logging';
import type { Round } from '@gatehouse/pipeline';
import { freePort } from '@gatehouse/testing';
import type { GatePorts } from './ask.ts';

export interface Gate extends GatePorts {
  /** Directory of the running nginx. */
  readonly runtimeDirectory: string;
  problems(): readonly Problem[];
  lastRound(): Round;
  /** What /metrics says, by name with labels. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  /** Makes a change and waits until a round has taken it in. */
  change(makeChange: () => void): Promise<Round>;
  close(): Promise<void>;
}

export interface GateOptions {
  /** A directory of files. */
  readonly manifests?: string;
  /** An API server, instead. */
  readonly kubeconfig?: string;
  readonly flags?: readonly string[];
}

/** There is no Pod around it, and nobody reads a status. */
const ON_THE_API = ['--update-status=false', '--status-port=0', '--post-shutdown-grace-period=0'];

/** How long a change may take before the test is given up; far above what is promised. */
const ROUND_DEADLINE_MS = 15_000;
/** No test waits for a request that a broken test has left open. */
const CLOSE_GRACE_MS = 5000;

export async function startGate(options: GateOptions): Promise<Gate> {
  const [httpPort, httpsPort] = await Promise.all([freePort(), freePort()]);
  const runtimeDirectory = mkdtempSync(join(tmpdir(), 'gate-'));
  const argv = [
    ...(options.manifests === undefined ? [] : [`--manifests=${options.manifests}`]),
    ...(options.kubeconfig === undefined ? [] : [`--kubeconfig=${options.kubeconfig}`, ...ON_THE_API]),
    `--runtime-dir=${runtimeDirectory}`,
    '--listen-address=127.0.0.1',
    `--http-port=${httpPort}`,
    `--https-port=${httpsPort}`,
    '--healthz-host=127.0.0.1',
    '--healthz-port=0',
    `--nginx-binary=${process.env['GATEHOUSE_NGINX_BINARY'] ?? ''}`,
    '--log-level=error',
    ...(options.flags ?? []),
  ];
  const config = parseControllerFlags({ argv, env: process.env });
  if (!config.ok) throw new Error(config.error.join('\n'));
  const logger = createLogger({ ...config.value.log, destination: process.stderr });
  const accessLogDescriptor = openSync('/dev/null', 'w');
  const controller = await startController(config.value, { logger, accessLogDescriptor });
  const first = await controller.firstAttempt;
  if (first.kind === 'fault') throw first.error;
  let lastRound = first.round;
  let rounds = 1;
  let wake: (() => void) | undefined;
  controller.onRound((round) => {
    lastRound = round;
    rounds += 1;
    wake?.();
  });
  return {
    httpPort,
    httpsPort,
    runtimeDirectory,
    problems: () => lastRound.problems,
    lastRound: () => lastRound,
    async metrics() {
      const text = await (await fetch(`http://127.0.0.1:${controller.healthPort}/metrics`)).text();
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
    },
    async change(makeChange) {
      const before = rounds;
      makeChange();
      const deadline = setTimeout(() => wake?.(), ROUND_DEADLINE_MS);
      while (rounds === before) {
        await new Promise<void>((resolve) => (wake = resolve));
        if (rounds === before) throw new Error(`no round within ${ROUND_DEADLINE_MS} ms after a change`);
      }
      clearTimeout(deadline);
      return lastRound;
    },
    async close() {
      await controller.close(CLOSE_GRACE_MS);
      closeSync(accessLogDescriptor);
      rmSync(runtimeDirectory, { recursive: true, force: true });
    },
  };
}
