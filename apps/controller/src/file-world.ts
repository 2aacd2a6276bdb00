/**
 * Duty: the world of a controller without a cluster: a directory of YAML, and files for what it has to say.
 */
import { existsSync } from 'node:fs';
import { stdin } from 'node:process';
import { EXIT_USAGE } from '@gatehouse/flags';
import { StartError } from '@gatehouse/logging';
import { ManifestSource } from '@gatehouse/manifests';
import type { Logger } from '@gatehouse/pipeline';
import { createFileModeSinks } from './file-mode-sinks.ts';
import type { ControllerConfig } from './flags.ts';
import type { World } from './world.ts';

/** Throws a StartError when the files are not there. */
export function openFileWorld(config: ControllerConfig, logger: Logger): World {
  for (const path of config.manifests) {
    if (path === '-' || existsSync(path)) continue;
    throw new StartError(`--manifests: there is no ${JSON.stringify(path)}`, { exitCode: EXIT_USAGE });
  }
  const source = new ManifestSource({ paths: config.manifests, stdin, logger });
  const sinks = createFileModeSinks(logger, {
    directory: config.statusDirectory,
    placeOf: (problem) => source.placeOf(problem),
  });
  return {
    source,
    events: sinks,
    status: { sink: sinks, addresses: () => config.publishAddresses },
    registerMetrics: () => undefined,
    begin: () => undefined,
    unreadyReasons: () => [],
    isSlow: () => false,
    leave: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
