import { globSync } from 'node:fs';
import { resolve } from 'node:path';

export const WORKSPACE_ROOT = resolve(import.meta.dirname, '../..');

/** Paths of spec files, from the workspace's root, by what they need to run. */
export interface Suites {
  /** Run anywhere, by the `test` target of their project. */
  readonly unit: readonly string[];
  /** Need the real nginx of this machine. */
  readonly e2e: readonly string[];
  /** Need Docker. */
  readonly docker: readonly string[];
}

const isDockerSuite = (path: string): boolean => path.endsWith('.docker.spec.ts');

function findSpecs(pattern: string): string[] {
  const isForeign = (path: string): boolean => path === 'node_modules' || path.endsWith('/node_modules');
  return globSync(pattern, { cwd: WORKSPACE_ROOT, exclude: isForeign }).sort();
}

/** Every suite that stands in the tree: what a run is measured against. */
export function findSuites(): Suites {
  const e2e = findSpecs('e2e/**/*.spec.ts');
  return {
    unit: findSpecs('{apps,libs}/*/**/*.spec.ts').concat(findSpecs('{bench,tools}/**/*.spec.ts')),
    e2e: e2e.filter((path) => !isDockerSuite(path)),
    docker: e2e.filter(isDockerSuite),
  };
}
