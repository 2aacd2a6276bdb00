/**
 * Duty: the flags and the reading that `render` and `check` share: manifests in, what they mean out.
 */
import { existsSync } from 'node:fs';
import { stdin } from 'node:process';
import { describeObject, err, ok, quoteFound, type Result } from '@gatehouse/core';
import { EXIT_USAGE, text, texts, type FlagValues, type ProgramContext } from '@gatehouse/flags';
import { connectionFlags } from '@gatehouse/kube-client';
import { readManifests, type Manifests, type ManifestsRead } from '@gatehouse/manifests';
import { createRenderer, newestCapabilities, type Bundle, type NginxCapabilities } from '@gatehouse/nginx';
import { findNginx, readCapabilities } from '@gatehouse/nginx-process';
import {
  createResolver,
  routingFlags,
  routingOptionsForCluster,
  routingOptionsForFiles,
  type Resolution,
  type RoutingOptions,
} from '@gatehouse/routing';
import { readCluster } from './read-cluster.ts';

export const inputFlags = {
  filename: texts({
    default: [],
    placeholder: 'PATH',
    aliases: ['f'],
    summary: 'Directory or file of YAML to read, or standard input (-)',
  }),
  ...connectionFlags,
  'nginx-binary': text({
    default: '',
    placeholder: 'FILE',
    summary: 'The nginx whose abilities count; found on the PATH when left out, and without any the newest is assumed',
  }),
  ...routingFlags,
};

/** Objects, from wherever they were read. */
export interface ObjectsRead extends Pick<ManifestsRead, 'emptyDirectories' | 'fileProblems' | 'snapshot'> {
  readonly manifests: Pick<Manifests, 'malformedObjects' | 'placeOf'>;
  readonly origin: 'cluster' | 'files';
}

export interface Input {
  readonly read: ObjectsRead;
  readonly resolution: Resolution;
  readonly bundle: Bundle;
}

type InputValues = FlagValues<typeof inputFlags>;

/**
 * Reads, resolves and renders once. When the flags are wrong, or the cluster cannot be read, says so on standard error and
 * gives the exit code instead.
 */
export async function readInput(
  command: { readonly name: string; readonly values: InputValues },
  { env, stderr }: ProgramContext,
): Promise<Result<Input, number>> {
  const { name, values } = command;
  const refuse = (problems: readonly string[]): Result<never, number> => {
    stderr.write(`${problems.map((problem) => `${name}: ${problem}\n`).join('')}Try ${name} --help\n`);
    return err(EXIT_USAGE);
  };
  const isOfCluster = values.kubeconfig !== '' || values.apiserverHost !== '';
  const options = isOfCluster ? routingOptionsForCluster(values) : routingOptionsForFiles(values);
  const capabilities = await findCapabilities(values.nginxBinary, env['PATH'] ?? '');
  const problems = [
    ...(options.ok ? [] : options.error),
    ...(capabilities.ok ? [] : [`--nginx-binary: ${capabilities.error}`]),
    ...judgeOrigin(values, isOfCluster),
  ];
  if (!options.ok || !capabilities.ok || problems.length > 0) return refuse(problems);
  const read = isOfCluster ? await readFromCluster(values, options.value) : ok(await readFromFiles(values));
  if (!read.ok) return refuse([`the cluster: ${read.error}`]);
  const { snapshot } = read.value;
  const resolution = createResolver({ ...options.value, ownPorts: [80, 443] }).resolve(snapshot, Date.now());
  const renderer = createRenderer({
    capabilities: capabilities.value,
    http: [{ address: '0.0.0.0', port: 80 }],
    https: [{ address: '0.0.0.0', port: 443 }],
    runtimeDirectory: '/run/gatehouse',
    resolvers: ['127.0.0.1'],
  });
  return ok({ read: read.value, resolution, bundle: renderer.render(resolution.model) });
}

function judgeOrigin({ filename }: InputValues, isOfCluster: boolean): readonly string[] {
  if (isOfCluster) return filename.length === 0 ? [] : ['-f: give either files or a cluster'];
  if (filename.length === 0) {
    return ['give a directory or file of YAML with -f, or - for standard input; or --kubeconfig for a cluster'];
  }
  return filename.filter(isMissing).map((path) => `-f: there is no file or directory ${quoteFound(path, 1000)}`);
}

async function readFromFiles({ filename }: InputValues): Promise<ObjectsRead> {
  return { ...(await readManifests({ paths: filename, stdin })), origin: 'files' };
}

async function readFromCluster(values: InputValues, routing: RoutingOptions): Promise<Result<ObjectsRead>> {
  const namespaceSelector = values.watchNamespaceSelector.trim();
  const read = await readCluster({ connection: values, routing, namespaceSelector });
  if (!read.ok) return read;
  const snapshot = read.value;
  const malformed = new Set(snapshot.problems.map(({ object }) => describeObject(object)));
  const manifests = { malformedObjects: malformed.size, placeOf: () => undefined };
  return ok({ snapshot, manifests, fileProblems: [], emptyDirectories: [], origin: 'cluster' });
}

function isMissing(path: string): boolean {
  return path !== '-' && !existsSync(path);
}

async function findCapabilities(named: string, searchPath: string): Promise<Result<NginxCapabilities>> {
  const binary = await findNginx({ named, searchPath });
  if (!binary.ok) return named === '' ? ok(newestCapabilities) : binary;
  try {
    return ok(await readCapabilities(binary.value));
  } catch (error) {
    return err(
      `${binary.value} cannot be asked for its version: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
