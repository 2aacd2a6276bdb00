/**
 * Duty: the flags and the reading that `render` and `check` share: manifests in, what they mean out.
 */
import { stdin } from 'node:process';
import { err, ok, type Result } from '@gatehouse/core';
import { text, texts, type FlagValues } from '@gatehouse/flags';
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

/** Reads, resolves and renders once. Errors are sentences about the flags. */
export async function readInput(
  values: FlagValues<typeof inputFlags>,
  searchPath: string,
): Promise<Result<Input, readonly string[]>> {
  const options = routingOptionsForFiles(values);
  if (values.filename.length === 0) return err(['-f: give the directory of YAML files to read']);
  if (!options.ok) return options;
  const capabilities = await findCapabilities(values.nginxBinary, searchPath);
  if (!capabilities.ok) return err([`--nginx-binary: ${capabilities.error}`]);
  const read = await readManifests({ paths: values.filename, stdin });
  const resolution = createResolver(options.value).resolve(read.snapshot, Date.now());
  const renderer = createRenderer({
    capabilities: capabilities.value,
    http: [{ address: '0.0.0.0', port: 80 }],
    https: [{ address: '0.0.0.0', port: 443 }],
    runtimeDirectory: '/run/gatehouse',
    resolvers: ['127.0.0.1'],
  });
  return ok({ read, resolution, bundle: renderer.render(resolution.model) });
}

async function findCapabilities(named: string, searchPath: string): Promise<Result<NginxCapabilities>> {
  const binary = await findNginx({ named, searchPath });
  if (binary.ok) return ok(await readCapabilities(binary.value));
  return named === '' ? ok(newestCapabilities) : binary;
}
