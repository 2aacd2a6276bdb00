/**
 * Duty: the flags and the reading that `render` and `check` share: manifests in, what they mean out.
 */
import { err, ok, type Result } from '@gatehouse/core';
import { text, type FlagValues, type ProgramContext } from '@gatehouse/flags';
import { createRenderer, newestCapabilities, type Bundle, type NginxCapabilities } from '@gatehouse/nginx';
import { findNginx, readCapabilities } from '@gatehouse/nginx-process';
import { createResolver, type Resolution } from '@gatehouse/routing';
import { judgeOrigin, objectFlags, optionsOf, readObjects, refusal, type ObjectsRead } from './read-objects.ts';

export const inputFlags = {
  ...objectFlags,
  'nginx-binary': text({
    default: '',
    placeholder: 'FILE',
    summary: 'The nginx whose abilities count; found on the PATH when left out, and without any the newest is assumed',
  }),
};

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
  const { values } = command;
  const options = optionsOf(values);
  const capabilities = await findCapabilities(values.nginxBinary, env['PATH'] ?? '');
  const problems = [
    ...(options.ok ? [] : options.error),
    ...(capabilities.ok ? [] : [`--nginx-binary: ${capabilities.error}`]),
    ...judgeOrigin(values),
  ];
  if (!options.ok || !capabilities.ok || problems.length > 0) return refusal(command, stderr, problems);
  const read = await readObjects(values, options.value);
  if (!read.ok) return refusal(command, stderr, [`the cluster: ${read.error}`]);
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
