import { parseArgs } from 'node:util';

/** Of the version that we test with; a tag of the image that kind publishes. */
const DEFAULT_NODE_IMAGE = 'kindest/node:v1.34.4';
const DEFAULT_BASE_IMAGE = 'debian:forky-slim';

export const HELP = `Usage: npm run e2e -- [OPTIONS] [PATTERN…]

Makes a kind cluster, builds our images and loads them, applies deploy/overlays/kind, waits until all of it is ready, runs
the suites e2e/src/*.kind.spec.ts, and deletes the cluster. Needs Docker, kind and kubectl.

  PATTERN…           only the suites whose paths match one of these
  --keep             leaves the cluster and says how to reach it
  --cluster NAME     takes a cluster that --keep has left, and leaves it; images and objects are renewed
  --base IMAGE       what our images are built on (BASE_IMAGE; ${DEFAULT_BASE_IMAGE})
  --node-image IMAGE what a node of the cluster runs (KIND_NODE_IMAGE; ${DEFAULT_NODE_IMAGE})
  -t, --test TEXT    only the tests whose names match
  --help             prints this

After a failure dist/e2e-diagnostics tells what the cluster looked like.`;

export interface Options {
  readonly help: boolean;
  readonly keep: boolean;
  /** A cluster that is there already. */
  readonly cluster: string | undefined;
  readonly baseImage: string;
  readonly nodeImage: string;
  /** Arguments for jest. */
  readonly jest: readonly string[];
}

/** Throws a TypeError that names the argument when there is no such option. */
export function parseOptions(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Options {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      cluster: { type: 'string' },
      base: { type: 'string' },
      'node-image': { type: 'string' },
      test: { type: 'string', short: 't' },
    },
  });
  return {
    help: values.help,
    keep: values.keep || values.cluster !== undefined,
    cluster: values.cluster,
    baseImage: values.base ?? env['BASE_IMAGE'] ?? DEFAULT_BASE_IMAGE,
    nodeImage: values['node-image'] ?? env['KIND_NODE_IMAGE'] ?? DEFAULT_NODE_IMAGE,
    jest: [...positionals, ...(values.test === undefined ? [] : ['-t', values.test])],
  };
}

/** Whether all suites are asked for; else those that did not run are not missed. */
export function asksForAll({ jest }: Options): boolean {
  return jest.length === 0;
}
