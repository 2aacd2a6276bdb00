/**
 * Duty: `gatehouse start`: the example with all three parts on one machine, begun and ended together.
 */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { cwd } from 'node:process';
import { startAdmissionWebhook } from '@gatehouse/admission-webhook';
import { makeTemporaryDirectory, parseControllerFlags, startController } from '@gatehouse/controller';
import { startDefaultBackend } from '@gatehouse/default-backend';
import {
  closeWithGrace,
  EXIT_OK,
  EXIT_USAGE,
  integer,
  runCommand,
  text,
  type Command,
  type Environment,
  type FlagTable,
  type FlagValues,
  type ProgramContext,
} from '@gatehouse/flags';
import { createLogger, logFailure, logFlags, StartError } from '@gatehouse/logging';
import type { Logger } from '@gatehouse/pipeline';
import { startCafeBackend } from './cafe-backends.ts';
import {
  DEFAULT_BACKEND,
  renderLocalObjects,
  SETTINGS,
  SYSTEM_NAMESPACE,
  type LocalEndpoint,
} from './local-objects.ts';
import { describeStart } from './describe-start.ts';

/** Within the workspace. */
const EXAMPLE = 'examples/cafe';
const port = { min: 1, max: 65_535, placeholder: 'PORT' } as const;

const startCommand = {
  name: 'gatehouse start',
  summary: 'Serves an example with all three parts on this machine, without a cluster, until Ctrl-C',
  flags: {
    manifests: text({ default: EXAMPLE, placeholder: 'DIR', summary: 'Directory of YAML to serve' }),
    address: text({ default: '127.0.0.1', placeholder: 'IP', summary: 'Address that nginx listens on' }),
    'http-port': integer({ ...port, default: 8080, summary: 'Port for HTTP' }),
    'https-port': integer({ ...port, default: 8443, summary: 'Port for HTTPS' }),
    'nginx-binary': text({
      default: '',
      placeholder: 'FILE',
      summary: 'The nginx to run; found on the PATH when left out',
    }),
    ...logFlags,
  },
} as const satisfies Command<FlagTable>;

type StartFlags = FlagValues<typeof startCommand.flags>;

const CAFE_NAMESPACE = 'default';
const CAFE_SERVICES = ['tea-svc', 'coffee-svc'];
const GRACE_MS = 2000;

/** Serves until the signal. The answer is the exit code. */
export function runStart(context: ProgramContext): Promise<number> {
  return runCommand(startCommand, context, async ({ values: asked, given }) => {
    const values = { ...asked, manifests: given.includes('manifests') ? asked.manifests : findExample() };
    if (!existsSync(values.manifests)) {
      context.stderr.write(`${startCommand.name}: --manifests: there is no ${JSON.stringify(values.manifests)}\n`);
      return EXIT_USAGE;
    }
    const logger = createLogger({ format: values.logFormat, level: values.logLevel, destination: context.stderr });
    const ending: Ending[] = [];
    try {
      const webhookPort = await startParts({ values, logger, ending, env: context.env });
      context.stdout.write(describeStart({ ...values, webhookPort }));
      const { signal } = context;
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return EXIT_OK;
    } catch (error) {
      return logFailure(logger, error);
    } finally {
      await endAll(ending, context.cutOff);
    }
  });
}

/** Ends one part; requests that still run after `graceMs` are cut off. */
type Ending = (graceMs: number) => Promise<void>;

/** The last that was begun ends first. */
async function endAll(ending: readonly Ending[], cutOff: AbortSignal | undefined): Promise<void> {
  for (const end of ending.toReversed()) await closeWithGrace(end, GRACE_MS, cutOff);
}

/** The example of the workspace that this program lies in, wherever it is called from. */
function findExample(): string {
  for (let directory = import.meta.dirname; directory !== dirname(directory); directory = dirname(directory)) {
    const example = join(directory, EXAMPLE);
    if (existsSync(example)) return relative(cwd(), example).startsWith('..') ? example : relative(cwd(), example);
  }
  return EXAMPLE;
}

interface Start {
  readonly values: StartFlags;
  readonly logger: Logger;
  /** What ends each part, in the order in which they were begun. */
  readonly ending: Ending[];
  readonly env: Environment;
}

/** Begins everything; the answer is the port of the admission webhook. Throws when a part cannot begin. */
async function startParts({ values, logger, ending, env }: Start): Promise<number> {
  const directory = await makeTemporaryDirectory('gatehouse-start-');
  ending.push(() => rm(directory, { recursive: true, force: true }));
  const endpoints = await startBackends(logger, ending);
  await writeFile(join(directory, 'local.yaml'), renderLocalObjects(endpoints));
  const manifests = [values.manifests, directory];
  const argv = [
    ...manifests.map((path) => `--manifests=${path}`),
    `--listen-address=${values.address}`,
    `--http-port=${values.httpPort}`,
    `--https-port=${values.httpsPort}`,
    '--healthz-host=127.0.0.1',
    '--healthz-port=0',
    `--nginx-binary=${values.nginxBinary}`,
    `--configmap=${SYSTEM_NAMESPACE}/${SETTINGS}`,
    `--default-backend-service=${SYSTEM_NAMESPACE}/${DEFAULT_BACKEND}`,
    `--publish-status-address=${values.address}`,
  ];
  const config = parseControllerFlags({ argv, env });
  if (!config.ok) throw new StartError(config.error.join('; '));
  const { routing } = config.value;
  const local = { host: '127.0.0.1', port: 0, healthPort: 0 };
  const webhook = await startAdmissionWebhook({ ...local, manifests, routing, logger });
  ending.push((graceMs) => webhook.close(graceMs));
  const controller = await startController(config.value, { logger });
  ending.push((graceMs) => controller.close(graceMs));
  const first = await controller.firstAttempt;
  if (first.kind === 'fault') throw first.error;
  if (first.round.refusal !== undefined) throw new StartError(`nginx does not start: ${first.round.refusal.message}`);
  return webhook.port;
}

/** The Pods of the example, and the default backend, with where they listen. */
async function startBackends(logger: Logger, ending: Start['ending']): Promise<readonly LocalEndpoint[]> {
  const endpoints: LocalEndpoint[] = [];
  for (const service of CAFE_SERVICES) {
    const backend = await startCafeBackend(service);
    ending.push(() => backend.close());
    endpoints.push({ namespace: CAFE_NAMESPACE, service, portName: 'http', port: backend.port });
  }
  const pages = await startDefaultBackend({
    host: '127.0.0.1',
    port: 0,
    healthPort: 0,
    brandName: 'Gatehouse',
    trustedProxies: ['private'],
    detailsNetworks: ['private'],
    retryAfter429: 5,
    retryAfter503: 10,
    logger,
  });
  ending.push((graceMs) => pages.close(graceMs));
  endpoints.push({ namespace: SYSTEM_NAMESPACE, service: DEFAULT_BACKEND, portName: 'http', port: pages.port });
  return endpoints;
}
