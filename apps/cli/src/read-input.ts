/**
 * Duty: the flags and the reading that `render` and `check` share: manifests in, what they mean out.
 */
import { existsSync } from 'node:fs';
import { stdin } from 'node:process';
import { err, ok, quoteFound, type Result } from '@gatehouse/core';
import { EXIT_USAGE, text, texts, type FlagValues, type ProgramContext } from '@gatehouse/flags';
import { readManifests, type ManifestsRead } from '@gatehouse/manifests';
import { createRenderer, newestCapabilities, type Bundle, type NginxCapabilities } from '@gatehouse/nginx';
import { findNginx, readCapabilities } from '@gatehouse/nginx-process';
import { createResolver, routingFlags, routingOptionsForFiles, type Resolution } from '@gatehouse/routing';

export const inputFlags = {
  filename: texts({
    default: [],
    placeholder: 'PATH',
    aliases: ['f'],
    summary: 'Directory or file of YAML to read, or standard input (-)',
  }),
  'nginx-binary': text({
    default: '',
    placeholder: 'FILE',
    summary: 'The nginx whose abilities count; found on the PATH when left out, and without any the newest is assumed',
  }),
  ...routingFlags,
};

export interface Input {
  readonly read: ManifestsRead;
  readonly resolution: Resolution;
  readonly bundle: Bundle;
}

/**
 * Reads, resolves and renders once. When the flags are wrong, says so on standard error and gives the exit code instead.
 */
export async function readInput(
  command: { readonly name: string; readonly values: FlagValues<typeof inputFlags> },
  { env, stderr }: ProgramContext,
): Promise<Result<Input, number>> {
  const { name, values } = command;
  const options = routingOptionsForFiles(values);
  const capabilities = await findCapabilities(values.nginxBinary, env['PATH'] ?? '');
  if (!options.ok || !capabilities.ok || values.filename.length === 0 || values.filename.some(isMissing)) {
    const problems = [
      ...(options.ok ? [] : options.error),
      ...(capabilities.ok ? [] : [`--nginx-binary: ${capabilities.error}`]),
      ...(values.filename.length === 0 ? ['give a directory or file of YAML with -f, or - for standard input'] : []),
      ...values.filename.filter(isMissing).map((path) => `-f: there is no file or directory ${quoteFound(path, 1000)}`),
    ];
    stderr.write(`${problems.map((problem) => `${name}: ${problem}\n`).join('')}Try ${name} --help\n`);
    return err(EXIT_USAGE);
  }
  const read = await readManifests({ paths: values.filename, stdin });
  const resolution = createResolver({ ...options.value, ownPorts: [80, 443] }).resolve(read.snapshot, Date.now());
  const renderer = createRenderer({
    capabilities: capabilities.value,
    http: [{ address: '0.0.0.0', port: 80 }],
    https: [{ address: '0.0.0.0', port: 443 }],
    runtimeDirectory: '/run/gatehouse',
    resolvers: ['127.0.0.1'],
  });
  return ok({ read, resolution, bundle: renderer.render(resolution.model) });
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
