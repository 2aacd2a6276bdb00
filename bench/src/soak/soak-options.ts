/**
 * Duty: what the soak is told on its command line.
 */
import { parseArgs } from 'node:util';

export const HELP = `Usage: npm run soak -- [--minutes N] [--built]

Runs a controller and a proxy as they are deployed, with a real API server and a real nginx, while everything changes all
the time, and tells at the end whether memory, descriptors, processes and files are as they were, and whether a request
was lost. Needs KUBEBUILDER_ASSETS (a directory with kube-apiserver, etcd and kubectl). Exits with 1 when something grew or
was lost.

  --minutes N  how long; 30 unless given. With less than 5 nothing is said about growth
  --built      takes the bundles in dist/apps as they are
  --help       shows this`;

export interface SoakOptions {
  readonly minutes: number;
  readonly isBuilt: boolean;
}

/** What was asked for; `error` says what is wrong with it. */
export function parseSoakOptions(argv: readonly string[]): SoakOptions | 'help' | { readonly error: string } {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        minutes: { type: 'string', default: '30' },
        built: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    const minutes = Number(values.minutes);
    if (!(minutes > 0 && minutes <= 7 * 24 * 60)) return { error: `--minutes: ${values.minutes} is no such number` };
    return { minutes, isBuilt: values.built };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
