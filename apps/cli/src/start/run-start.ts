/**
 * Duty: `gatehouse start`: the example with all three parts on one machine, begun and ended together.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAdmissionWebhook } from '@gatehouse/admission-webhook';
import { parseControllerFlags, startController } from '@gatehouse/controller';
import { startDefaultBackend } from '@gatehouse/default-backend';
import {
  EXIT_FAILED,
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
import { createLogger, logFlags } from '@gatehouse/logging';
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

const port = { min: 1, max: 65_535, placeholder: 'PORT' } as const;

const startCommand = {
  name: 'gatehouse start',
  summary: 'Serves an example with all three parts on this machine, without a cluster, until Ctrl-C',
  flags: {
    manifests: text({ default: 'examples/cafe', placeholder: 'DIR', summary: 'Directory of YAML to serve' }),
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
  return runCommand(startCommand, context, async ({ values }) => {
    if (!existsSync(values.manifests)) {
      context.stderr.write(`${startCommand.name}: --manifests: there is no ${JSON.stringify(values.manifests)}\n`);
      return EXIT_USAGE;
    }
    const logger = createLogger({ format: values.logFormat, level: values.logLevel, destination: context.stderr });
    const ending: (() => Promise<void>)[] = [];
    try {
      const webhookPort = await startParts({ values, logger, ending, env: context.env });
      context.stdout.write(describeStart({ ...values, webhookPort }));
      const { signal } = context;
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return EXIT_OK;
    } catch (error) {
      logger.error('start failed', { error });
      return EXIT_FAILED;
    } finally {
      for (const end of ending.reverse()) await end();
    }
  });
}

interface Start {
  readonly values: StartFlags;
  readonly logger: Logger;
  /** What ends each part, in the order in which they were begun. */
  readonly ending: (() => Promise<void>)[];
  readonly env: Environment;
}

/** Begins everything; the answer is the port of the admission webhook. Throws when a part cannot begin. */
async function startParts({ values, logger, ending, env }: Start): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-start-'));
  ending.push(() => rm(directory, { recursive: true, force: true }));
  const endpoints = await startBackends(logger, ending);
  await writeFile(join(directory, 'local.yaml'), renderLocalObjects(endpoints));
  const manifests = [values.manifests, directory];
  const webhook = await startAdmissionWebhook({ manifests, host: '127.0.0.1', port: 0, healthPort: 0, logger });
  ending.push(() => webhook.close(GRACE_MS));
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
  if (!config.ok) throw new Error(config.error.join('; '));
  const controller = await startController(config.value, { logger });
  ending.push(() => controller.close(GRACE_MS));
  const first = await controller.firstAttempt;
  if (first.kind === 'fault') throw first.error;
  if (first.round.refusal !== undefined) throw new Error(`nginx does not start: ${first.round.refusal.message}`);
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
    logger,
  });
  ending.push(() => pages.close(GRACE_MS));
  endpoints.push({ namespace: SYSTEM_NAMESPACE, service: DEFAULT_BACKEND, portName: 'http', port: pages.port });
  return endpoints;
}
