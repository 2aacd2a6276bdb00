/**
 * Duty: making an API server hold just the objects that a test names, and taking them away again. Needs no controller of a
 * cluster around the API server.
 */
import { KubeApiError, type KubeApi } from '@gatehouse/kube-client';
import { parseAllDocuments } from 'yaml';

interface PlainObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly creationTimestamp?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

interface Kind {
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/** In the order in which they are made: what others refer to first, so that a controller need not do anything twice. */
const KINDS: Readonly<Record<string, Kind>> = {
  Namespace: { plural: 'namespaces', isNamespaced: false },
  IngressClass: { plural: 'ingressclasses', isNamespaced: false },
  ConfigMap: { plural: 'configmaps', isNamespaced: true },
  Secret: { plural: 'secrets', isNamespaced: true },
  Service: { plural: 'services', isNamespaced: true },
  Endpoints: { plural: 'endpoints', isNamespaced: true },
  EndpointSlice: { plural: 'endpointslices', isNamespaced: true },
  Ingress: { plural: 'ingresses', isNamespaced: true },
};
const ORDER = Object.keys(KINDS);

/** Field manager of what tests apply. */
const MANAGER = 'gatehouse-e2e';
/** The API server counts ages in whole seconds. */
const SECOND_MS = 1000;
/** This late in a second, two objects made one after the other may differ in age. */
const LATE_MS = 600;

export class ClusterObjects {
  readonly #api: KubeApi;
  /** Path → what is there. */
  #applied = new Map<string, PlainObject>();

  constructor(api: KubeApi) {
    this.#api = api;
  }

  /** Makes these all that there is of what this has ever made. Ages follow `creationTimestamp` where objects have one. */
  async replaceBy(documents: string): Promise<void> {
    const objects = readObjects(documents);
    const wanted = new Map(objects.map((object) => [pathOf(object), object]));
    const leftOver = [...this.#applied].filter(([path]) => !wanted.has(path)).map(([, object]) => object);
    this.#applied = wanted;
    await Promise.all(leftOver.map((object) => this.#remove(object)));
    const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
    await Promise.all([...namespaces].map((name) => this.#apply(aNamespace(name))));
    const inOrder = Map.groupBy(objects, ({ kind }) => kind);
    for (const kind of ORDER) {
      const ofKind = inOrder.get(kind) ?? [];
      if (kind === 'Ingress') await this.#applyByAge(ofKind);
      else await Promise.all(ofKind.map((object) => this.#apply(object)));
    }
  }

  /** Some objects in place of others, beside all that is there; what is the same is not sent. */
  async exchange(before: readonly object[], after: readonly object[]): Promise<void> {
    const [old, wanted] = [before, after].map((objects) =>
      objects.map((object) => withNamespace(object as PlainObject)),
    );
    const known = new Map(old?.map((object) => [pathOf(object), object]));
    for (const object of wanted ?? []) {
      if (JSON.stringify(known.get(pathOf(object))) !== JSON.stringify(object)) await this.#apply(object);
      known.delete(pathOf(object));
    }
    for (const object of known.values()) await this.#remove(object);
  }

  async removeAll(): Promise<void> {
    await this.replaceBy('');
  }

  /** Objects that name no age are made within one second, those that do in different ones. */
  async #applyByAge(objects: readonly PlainObject[]): Promise<void> {
    const byAge = Map.groupBy(objects, ({ metadata }) => metadata.creationTimestamp ?? '');
    let isFirst = true;
    for (const age of [...byAge.keys()].sort()) {
      const ofAge = byAge.get(age) ?? [];
      if (!isFirst || (ofAge.length > 1 && Date.now() % SECOND_MS > LATE_MS)) await nextSecond();
      isFirst = false;
      for (const object of ofAge) await this.#apply(object);
    }
  }

  async #apply(object: PlainObject): Promise<void> {
    const { creationTimestamp: _, ...metadata } = object.metadata;
    await this.#api.send({
      method: 'PATCH',
      path: pathOf(object),
      query: { fieldManager: MANAGER, force: 'true', fieldValidation: 'Ignore' },
      contentType: 'application/apply-patch+yaml',
      body: { ...object, metadata },
    });
  }

  async #remove(object: PlainObject): Promise<void> {
    // A namespace stays, without its labels: its end takes long, and without the controllers of a cluster it never comes.
    if (object.kind === 'Namespace') return this.#apply(aNamespace(object.metadata.name));
    try {
      await this.#api.send({ method: 'DELETE', path: pathOf(object) });
    } catch (error) {
      if (!(error instanceof KubeApiError && error.status === 404)) throw error;
    }
  }
}

function aNamespace(name: string): PlainObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** The objects of YAML documents; those of a List each by itself. */
export function readObjects(documents: string): readonly PlainObject[] {
  return parseAllDocuments(documents)
    .map((document) => document.toJS() as (PlainObject & { readonly items?: readonly PlainObject[] }) | null)
    .flatMap((object) => (object === null ? [] : (object.items ?? [object])))
    .map(withNamespace);
}

function withNamespace(object: PlainObject): PlainObject {
  const kind = KINDS[object.kind];
  if (kind === undefined) throw new Error(`tests apply no objects of kind ${object.kind}`);
  const { namespace = 'default', ...metadata } = object.metadata;
  return { ...object, metadata: kind.isNamespaced ? { ...metadata, namespace } : metadata };
}

function pathOf({ apiVersion, kind, metadata: { name, namespace } }: PlainObject): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${group}${scope}/${KINDS[kind]?.plural ?? ''}/${encodeURIComponent(name)}`;
}

function nextSecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SECOND_MS - (Date.now() % SECOND_MS) + 5));
}
