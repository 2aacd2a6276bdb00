/**
 * Duty: the objects that a policy is tried on, and the policy: one of the cluster, of the manifests, or of a file that is
 * not applied yet.
 */
import { existsSync } from 'node:fs';
import { stdin } from 'node:process';
import { err, ok, quoteFound, type ObjectKey, type Result } from '@gatehouse/core';
import type { ConfigMap, Snapshot } from '@gatehouse/kube-model';
import { readManifests } from '@gatehouse/manifests';
import type { RoutingOptions } from '@gatehouse/routing';
import { readObjects, type ObjectsRead, type ObjectValues } from '../read-objects.ts';

export interface PolicyInput {
  readonly read: ObjectsRead;
  /** With the policy in it. */
  readonly snapshot: Snapshot;
  /** `policyConfigMap` is the key of the policy. */
  readonly options: RoutingOptions;
}

/** `file` is that of --policy; empty when it is not given. The error is a usage error, one sentence without a full stop. */
export async function readPolicyInput(
  values: ObjectValues,
  given: RoutingOptions,
  file: string,
): Promise<Result<PolicyInput>> {
  const fromFile = file === '' ? undefined : await readPolicyFile(file, given.policyConfigMap);
  if (fromFile !== undefined && !fromFile.ok) return fromFile;
  const key = fromFile?.value.key ?? given.policyConfigMap;
  if (key === undefined) {
    return err(
      'which policy? Give a file with its ConfigMap with --policy, or the name of an existing one with --policy-configmap',
    );
  }
  const options: RoutingOptions = { ...given, policyConfigMap: key };
  const read = await readObjects(values, options);
  if (!read.ok) return err(`the cluster: ${read.error}`);
  const { snapshot } = read.value;
  if (fromFile === undefined) {
    if (!snapshot.configMaps.has(key)) return err(`--policy-configmap: there is no ConfigMap ${quoteFound(key)}`);
    return ok({ read: read.value, snapshot, options });
  }
  const configMaps = new Map(snapshot.configMaps).set(key, fromFile.value);
  return ok({ read: read.value, snapshot: { ...snapshot, configMaps }, options });
}

/** Of several ConfigMaps in the file that of the flag is taken. */
async function readPolicyFile(file: string, named: ObjectKey | undefined): Promise<Result<ConfigMap>> {
  if (file !== '-' && !existsSync(file)) return err(`--policy: there is no file ${quoteFound(file, 1000)}`);
  const { snapshot, fileProblems } = await readManifests({ paths: [file], stdin });
  const [broken] = [...fileProblems, ...snapshot.problems];
  if (broken !== undefined) return err(`--policy: ${quoteFound(file, 1000)} cannot be read: ${broken.message}`);
  const all = [...snapshot.configMaps.values()];
  const [only] = all;
  const found = (named && snapshot.configMaps.get(named)) ?? (all.length === 1 ? only : undefined);
  if (found !== undefined) return ok(found);
  return err(`--policy: ${quoteFound(file, 1000)} holds ${all.length} ConfigMaps, and one is needed`);
}
