import { globSync } from 'node:fs';
import { resolve } from 'node:path';

export const WORKSPACE_ROOT = resolve(import.meta.dirname, '../..');

/** What suites of e2e run against. The ending of a file says which: `x.docker.spec.ts`; without one it is nginx. */
export const SERVERS = ['nginx', 'apiserver', 'chromium', 'docker', 'kind'] as const;

export type Server = (typeof SERVERS)[number];

/** Paths of spec files, from the workspace's root, by what they need to run. */
export interface Suites extends Readonly<Record<Server, readonly string[]>> {
  /** Run anywhere, by the `test` target of their project. */
  readonly unit: readonly string[];
}

/** What a suite of e2e needs, by the name of its file. */
export function serverOf(path: string): Server {
  const [, ending] = /\.(\w+)\.spec\.ts$/.exec(path) ?? [];
  if (ending === undefined) return 'nginx';
  const server = SERVERS.find((name) => name === ending);
  if (server === undefined || server === 'nginx') throw new Error(`${path}: there are no suites of kind ${ending}`);
  return server;
}

function findSpecs(pattern: string): string[] {
  const isForeign = (path: string): boolean => path === 'node_modules' || path.endsWith('/node_modules');
  return globSync(pattern, { cwd: WORKSPACE_ROOT, exclude: isForeign }).sort();
}

/** Every suite that stands in the tree: what a run is measured against. */
export function findSuites(): Suites {
  const e2e = Map.groupBy(findSpecs('e2e/**/*.spec.ts'), serverOf);
  return {
    unit: findSpecs('{apps,libs}/*/**/*.spec.ts').concat(findSpecs('{bench,tools}/**/*.spec.ts')),
    nginx: e2e.get('nginx') ?? [],
    apiserver: e2e.get('apiserver') ?? [],
    chromium: e2e.get('chromium') ?? [],
    docker: e2e.get('docker') ?? [],
    kind: e2e.get('kind') ?? [],
  };
}
