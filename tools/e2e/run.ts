// `npm run e2e`: the suites that need a cluster, in one that is made for them. See `--help`.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findSuites, WORKSPACE_ROOT } from '../test/suites.ts';
import { forgetResults, formatTally, readResults, tallyRuns } from '../test/tally.ts';
import { createCluster, deleteCluster, findCluster, loadImages, type Cluster, type ClusterPlan } from './cluster.ts';
import { deploy, restartDeployments } from './deployment.ts';
import { collectDiagnostics } from './diagnostics.ts';
import { buildImages } from './images.ts';
import { runWithCluster } from './lifecycle.ts';
import { asksForAll, HELP, parseOptions, type Options } from './options.ts';
import { findObstacles, show } from './programs.ts';

const DIRECTORY = join(WORKSPACE_ROOT, 'dist/e2e');

const interrupt = new AbortController();
const { signal } = interrupt;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (!signal.aborted) console.error(`\n${name}: ending, the cluster is taken down …`);
    interrupt.abort();
  });
}

const began = performance.now();
function say(sentence: string): void {
  console.log(`=== ${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${sentence}`);
}

/** Makes the cluster and all in it; `known` is told of the cluster as soon as there is one. */
async function prepare(options: Options, plan: ClusterPlan, known: (cluster: Cluster) => void): Promise<void> {
  say(`the images are built on ${options.baseImage}, the cluster ${plan.name} is made of ${options.nodeImage}`);
  const making = options.cluster === undefined ? createCluster(plan) : findCluster(plan);
  const [built, made] = await Promise.allSettled([
    buildImages(options.baseImage, signal),
    making.then((cluster) => {
      known(cluster);
      say('the cluster is there');
      return cluster;
    }),
  ]);
  if (built.status === 'rejected') throw built.reason;
  if (made.status === 'rejected') throw made.reason;
  await loadImages(made.value, built.value, signal);
  say('the images are loaded');
  await deploy(made.value, signal);
  if (options.cluster !== undefined) {
    await restartDeployments(made.value, signal);
    await deploy(made.value, signal);
  }
  say('everything is ready');
}

async function runSuites({ jest }: Options, cluster: Cluster): Promise<boolean> {
  const { exitCode } = await show({
    program: 'nx',
    args: ['run', 'e2e:kind', '--output-style=stream', ...(jest.length === 0 ? [] : ['--', ...jest])],
    env: { NX_TUI: 'false', GATEHOUSE_KIND_CLUSTER: JSON.stringify(cluster) },
    signal,
  });
  return exitCode === 0;
}

/** Tells whether all went well. */
function testInCluster(options: Options): Promise<boolean> {
  const name = options.cluster ?? `gatehouse-${randomBytes(3).toString('hex')}`;
  const plan: ClusterPlan = { name, nodeImage: options.nodeImage, directory: DIRECTORY, signal };
  return runWithCluster<Cluster>(
    {
      prepare: (known) => prepare(options, plan, known),
      test: (cluster) => runSuites(options, cluster),
      diagnose: async (cluster) => say(`what the cluster looks like is in ${await collectDiagnostics(cluster)}`),
      remove: async () => {
        await deleteCluster(name);
        say('the cluster is deleted');
      },
      leave: options.keep ? tellHowToReach : undefined,
      complain: (error) => console.error(`failed: ${error instanceof Error ? error.message : String(error)}`),
    },
    signal,
  );
}

function tellHowToReach({ name, kubeconfig }: Cluster): void {
  console.log(`the cluster stays: KUBECONFIG=${kubeconfig} kubectl get pods -A`);
  console.log(`again in it: npm run e2e -- --cluster ${name}; its end: kind delete cluster --name ${name}`);
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  forgetResults();
  mkdirSync(DIRECTORY, { recursive: true });
  const obstacles = await findObstacles(process.env['PATH'] ?? '');
  for (const obstacle of obstacles) console.error(`failed: ${obstacle}`);
  const passed = obstacles.length === 0 && (await testInCluster(options));
  const tally = tallyRuns(readResults(), asksForAll(options) ? findSuites().kind : []);
  console.log('');
  for (const suite of tally.missing) console.log(`failed: ${suite} did not run`);
  const failed = passed ? tally.failed : Math.max(tally.failed, 1);
  console.log(formatTally({ ...tally, failed }));
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
