/**
 * Duty: the manifests of deploy/ as objects, as `kubectl apply -k` would send them.
 */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { apiServerAssets } from '@gatehouse/testing';
import { parseAllDocuments } from 'yaml';

const DEPLOY = join(import.meta.dirname, '../../../deploy');
export const NAMESPACE = 'ingress-nginx';
/** Every directory that a cluster can be given. */
export const OVERLAYS = [
  'base',
  'overlays/kind',
  'overlays/nodeport',
  'overlays/load-balancer',
  'overlays/host-network',
  'overlays/cert-manager',
  'overlays/side-by-side',
  'overlays/switched',
  'overlays/strict',
] as const;

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

export interface Workload extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly strategy: { readonly rollingUpdate: { readonly maxUnavailable: number } };
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
  };
}

interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly hostNetwork?: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: { readonly runAsUser: number };
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
}

interface Volume {
  readonly name: string;
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string };
  readonly projected?: unknown;
}

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
  readonly tcpSocket?: { readonly port: string };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: unknown;
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe: Probe;
  readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly resources: { readonly requests: object; readonly limits: object };
  readonly volumeMounts?: readonly VolumeMount[];
}

interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

/** The text of a directory's objects. `directory` is absolute, or lies in deploy/. */
async function renderManifests(directory: string): Promise<string> {
  // Without the programs of an API server, the one on the PATH.
  const kubectl = join(apiServerAssets() ?? '', 'kubectl');
  const { stdout } = await promisify(execFile)(kubectl, ['kustomize', resolve(DEPLOY, directory)], {
    maxBuffer: 16 * 2 ** 20,
  });
  return stdout;
}

const read = new Map<string, Promise<readonly KubeObject[]>>();

/** The objects of a directory, absolute or in deploy/; they are read once. */
export function readManifests(directory: string): Promise<readonly KubeObject[]> {
  const objects = read.get(directory) ?? renderManifests(directory).then(parseObjects);
  read.set(directory, objects);
  return objects;
}

const parseObjects = (text: string): readonly KubeObject[] =>
  parseAllDocuments(text).map((document) => document.toJS() as KubeObject);

export const ofKind = (objects: readonly KubeObject[], kind: string): readonly KubeObject[] =>
  objects.filter((object) => object.kind === kind);

export const workloadsOf = (objects: readonly KubeObject[]): readonly Workload[] =>
  objects.filter((object): object is Workload => object.kind === 'Deployment');

/** The Deployment of the controller's Pod, whatever an overlay calls it. */
export function workloadOf(objects: readonly KubeObject[], component: string): Workload {
  const label = 'app.kubernetes.io/component';
  const found = workloadsOf(objects).find(({ spec }) => spec.template.metadata.labels[label] === component);
  if (found === undefined) throw new Error(`there is no workload of component ${component}`);
  return found;
}

/** For `kubectl apply -f -`. */
export const toYamlStream = (objects: readonly KubeObject[]): string =>
  objects.map((object) => JSON.stringify(object)).join('\n---\n');
