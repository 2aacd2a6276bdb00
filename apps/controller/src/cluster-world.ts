/**
 * Duty: the world of a controller in a cluster: objects from the API server; status, Events and the Lease back to it.
 */
import { EXIT_USAGE } from '@gatehouse/flags';
import { StartError } from '@gatehouse/logging';
import type { Logger } from '@gatehouse/pipeline';
import type { ClusterConfig } from './cluster-flags.ts';
import type { ControllerConfig } from './flags.ts';
import type { World } from './world.ts';

/** Throws a StartError when it is not known how the API server is reached. */
export async function openClusterWorld(
  _config: ControllerConfig & { readonly cluster: ClusterConfig },
  _logger: Logger,
): Promise<World> {
  return Promise.reject(
    new StartError('--manifests: give the directory of YAML files to serve', { exitCode: EXIT_USAGE }),
  );
}
