export { ManifestSource, type ManifestSourceOptions } from './manifest-source.ts';
export { describeManifestProblem, type ManifestProblem, type Place } from './place.ts';
export { readManifests, type ManifestPaths, type ManifestsRead } from './read-manifests.ts';
export type { Manifests } from './manifests.ts';
