import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where envtest of controller-runtime looks when it is told nothing. */
const DEFAULT_DIRECTORY = '/usr/local/kubebuilder/bin';
const PROGRAMS = ['kube-apiserver', 'etcd'];

export type ApiServerAssets =
  | { readonly kind: 'found'; readonly directory: string }
  /** `reason` completes "… did not run: ". */
  | { readonly kind: 'missing'; readonly reason: string };

/** Where the programs of a real API server are: `KUBEBUILDER_ASSETS`, or the default directory. */
export function findApiServerAssets(named = process.env['KUBEBUILDER_ASSETS'] ?? ''): ApiServerAssets {
  const directory = named === '' ? DEFAULT_DIRECTORY : named;
  const missing = PROGRAMS.filter((program) => !existsSync(join(directory, program)));
  if (missing.length === 0) return { kind: 'found', directory };
  const advice = named === '' ? '; set KUBEBUILDER_ASSETS to a directory that has both' : ' (KUBEBUILDER_ASSETS)';
  return { kind: 'missing', reason: `there is no ${missing.join(' and no ')} in ${directory}${advice}` };
}
