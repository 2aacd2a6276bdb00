/**
 * Duty: the flags that say where objects come from, files or a cluster, and the reading of them. Must not know what is
 * made of them.
 */
import { existsSync } from 'node:fs';
import { stdin } from 'node:process';
import { describeObject, err, ok, quoteFound, type Err, type Result } from '@gatehouse/core';
import { EXIT_USAGE, texts, type FlagValues, type TextSink } from '@gatehouse/flags';
import { connectionFlags } from '@gatehouse/kube-client';
import { readManifests, type Manifests, type ManifestsRead } from '@gatehouse/manifests';
import {
  routingFlags,
  routingOptionsForCluster,
  routingOptionsForFiles,
  type RoutingOptions,
} from '@gatehouse/routing';
import { readCluster } from './read-cluster.ts';

export const objectFlags = {
  filename: texts({
    default: [],
    placeholder: 'PATH',
    aliases: ['f'],
    summary: 'Directory or file of YAML to read, or standard input (-)',
  }),
  ...connectionFlags,
  ...routingFlags,
};

export type ObjectValues = FlagValues<typeof objectFlags>;

/** Objects, from wherever they were read. */
export interface ObjectsRead extends Pick<ManifestsRead, 'emptyDirectories' | 'fileProblems' | 'snapshot'> {
  readonly manifests: Pick<Manifests, 'malformedObjects' | 'placeOf'>;
  readonly origin: 'cluster' | 'files';
}

/** Says on standard error what is wrong with the usage, and gives the exit code. */
export function refusal(
  command: { readonly name: string },
  stderr: TextSink,
  problems: readonly string[],
): Err<number> {
  const { name } = command;
  stderr.write(`${problems.map((problem) => `${name}: ${problem}\n`).join('')}Try ${name} --help\n`);
  return err(EXIT_USAGE);
}

export function optionsOf(values: ObjectValues): Result<RoutingOptions, readonly string[]> {
  return isOfCluster(values) ? routingOptionsForCluster(values) : routingOptionsForFiles(values);
}

/** The error, one sentence without a full stop, says why the cluster cannot be read. */
export async function readObjects(values: ObjectValues, routing: RoutingOptions): Promise<Result<ObjectsRead>> {
  return isOfCluster(values) ? readFromCluster(values, routing) : ok(await readFromFiles(values));
}

function isOfCluster({ kubeconfig, apiserverHost }: ObjectValues): boolean {
  return kubeconfig !== '' || apiserverHost !== '';
}

/** What is wrong with where objects shall come from. */
export function judgeOrigin(values: ObjectValues): readonly string[] {
  const { filename } = values;
  if (isOfCluster(values)) return filename.length === 0 ? [] : ['-f: give either files or a cluster'];
  if (filename.length === 0) {
    return ['give a directory or file of YAML with -f, or - for standard input; or --kubeconfig for a cluster'];
  }
  return filename.filter(isMissing).map((path) => `-f: there is no file or directory ${quoteFound(path, 1000)}`);
}

async function readFromFiles({ filename }: ObjectValues): Promise<ObjectsRead> {
  return { ...(await readManifests({ paths: filename, stdin })), origin: 'files' };
}

async function readFromCluster(values: ObjectValues, routing: RoutingOptions): Promise<Result<ObjectsRead>> {
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
