import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

// Who may import whom. The layers and the places inside the domain are tags in each project's package.json.

const CORE = 'layer:core';
const DOMAIN = 'layer:domain';
const PIPELINE = 'layer:pipeline';
const ADAPTER = 'layer:adapter';
const APP = 'layer:app';
const TEST = 'layer:test';

const LAYERS = {
  [CORE]: [CORE],
  [DOMAIN]: [CORE, DOMAIN],
  [PIPELINE]: [CORE, DOMAIN, PIPELINE],
  // Adapters do not know each other, but for those that every server is made with.
  [ADAPTER]: [CORE, DOMAIN, PIPELINE, 'adapter:http', 'adapter:logging', 'adapter:certificates'],
  [APP]: [CORE, DOMAIN, PIPELINE, ADAPTER],
  'layer:cli': [CORE, DOMAIN, PIPELINE, ADAPTER, APP],
  [TEST]: ['*'],
  'layer:tool': ['*'],
};

/** kube-model ← annotations ← routing ← admission and nginx, which do not know each other. */
const DOMAIN_ORDER = {
  'domain:kube-model': [],
  'domain:annotations': ['domain:kube-model'],
  'domain:routing': ['domain:kube-model', 'domain:annotations'],
  'domain:admission': ['domain:kube-model', 'domain:annotations', 'domain:routing'],
  'domain:nginx': ['domain:kube-model', 'domain:annotations', 'domain:routing'],
};

/** Packages from outside that a pure project may import; every other is banned there. */
const PURE_EXTERNALS = { 'domain:nginx': ['mustache'] };
const PURE_LAYERS = [CORE, DOMAIN, PIPELINE];

const workspaceRoot = resolve(import.meta.dirname, '../..');

/** The folders of the projects that do no I/O. */
export function pureProjects() {
  const manifests = globSync('libs/*/package.json', { cwd: workspaceRoot });
  const tagsOf = (manifest) => JSON.parse(readFileSync(join(workspaceRoot, manifest), 'utf8')).nx.tags;
  return manifests.filter((manifest) => tagsOf(manifest).some((tag) => PURE_LAYERS.includes(tag))).map(dirname);
}

const SPEC_EXTERNALS = ['@jest/globals', 'fast-check', 'mustache'];

function layerConstraints(extraLayers) {
  return Object.entries(LAYERS).map(([sourceTag, allowed]) => ({
    sourceTag,
    onlyDependOnLibsWithTags: [...allowed, ...extraLayers],
  }));
}

function domainConstraints(extraLayers) {
  return Object.entries(DOMAIN_ORDER).map(([sourceTag, allowed]) => ({
    sourceTag,
    onlyDependOnLibsWithTags: [CORE, ...allowed, ...extraLayers],
  }));
}

function externalConstraints() {
  const domains = Object.keys(DOMAIN_ORDER).map((sourceTag) => ({
    sourceTag,
    allowedExternalImports: PURE_EXTERNALS[sourceTag] ?? [],
  }));
  const layers = PURE_LAYERS.filter((layer) => layer !== DOMAIN).map((sourceTag) => ({
    sourceTag,
    allowedExternalImports: [],
  }));
  return [...layers, ...domains];
}

function boundaryRule(depConstraints) {
  return [
    'error',
    {
      allow: [],
      // The fakes and builders know the types of those that are tested with them.
      ignoredCircularDependencies: [['*', 'testing']],
      checkDynamicDependenciesExceptions: [],
      depConstraints,
    },
  ];
}

export const productionBoundaries = boundaryRule([
  ...layerConstraints([]),
  ...domainConstraints([]),
  ...externalConstraints(),
]);

export const specBoundaries = boundaryRule([
  ...layerConstraints([TEST]),
  ...domainConstraints([TEST]),
  ...PURE_LAYERS.map((sourceTag) => ({ sourceTag, allowedExternalImports: SPEC_EXTERNALS })),
]);
